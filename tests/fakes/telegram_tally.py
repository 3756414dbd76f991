"""What the fake Telegram saw of sending: how many in any second, what arrived twice, who did not wait when told to."""

import random
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram_rules import ApiError

# A request that was on its way already when everybody was told to wait.
ON_ITS_WAY = 0.25


@dataclass(slots=True)
class Tally:
    """Moments are the server's own, in seconds. `chances` are errors that come by chance, with their likelihood."""

    seen: list[float] = field(default_factory=list)
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)
    refused: int = 0
    # From when to when everybody was told to wait.
    pauses: list[tuple[float, float]] = field(default_factory=list)
    chances: list[tuple[float, Callable[[], ApiError]]] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(2026))

    def by_chance(self) -> ApiError | None:
        """What goes wrong with this message, if anything."""
        thrown = self.dice.random()
        for likelihood, error in self.chances:
            if thrown < likelihood:
                return error()
            thrown -= likelihood
        return None

    def saw(self, now: float) -> None:
        self.seen.append(now)

    def took(self, params: Mapping[str, Any]) -> None:
        self.arrived[str(params.get("chat_id")), str(params.get("text"))] += 1

    def sent_away(self, now: float, error: ApiError) -> None:
        """Too many requests: the messenger says how long to wait."""
        if error.code == 429:
            self.refused += 1
            self.pauses.append((now, now + float(error.parameters["retry_after"])))

    def figures(self) -> dict[str, Any]:
        """The counts, and the rate from the first to the last message."""
        seconds = self.seen[-1] - self.seen[0] if len(self.seen) > 1 else 0.0
        return {
            "seen": len(self.seen),
            "seconds": round(seconds, 2),
            "per_second": round((len(self.seen) - 1) / seconds, 2) if seconds else 0.0,
            "most_in_a_second": busiest(self.seen),
            "told_to_wait": self.refused,
            "during_a_pause": sum(impatient(self.seen, pause) for pause in self.pauses),
            "most_in_the_second_after_a_pause": max((after(self.seen, until) for _, until in self.pauses), default=0),
            "different": len(self.arrived),
            "twice": sum(count - 1 for count in self.arrived.values()),
            "thrice": sum(count > 2 for count in self.arrived.values()),
        }


def busiest(moments: Sequence[float]) -> int:
    """The most in any second: a second includes its beginning and not its end."""
    first, most = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def impatient(moments: Sequence[float], pause: tuple[float, float]) -> int:
    """How many came while they were told to wait, apart from those that were on their way."""
    begin, end = pause
    return bisect_right(moments, end) - bisect_right(moments, min(end, begin + ON_ITS_WAY))


def after(moments: Sequence[float], moment: float) -> int:
    return bisect_right(moments, moment + 1) - bisect_right(moments, moment)
