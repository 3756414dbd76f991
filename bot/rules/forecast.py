"""What can still be admitted within a period, and by when how many cases must have come how far for a target."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from bot.rules.book import Rulebook
from bot.rules.chances import Chances
from bot.rules.durations import VIEWS, Pace, View
from bot.rules.facts import CaseFacts
from bot.rules.periods import Period
from bot.rules.road import DIRECT, Meets, Pair, first_day, road
from bot.rules.waiting import Wait, barred, lapses, waits
from bot.rules.workdays import WorkCalendar

# How far back a first day is looked for: no road takes longer.
LONGEST = timedelta(days=2500)

Verdict = Literal["likely", "hurry", "cannot"]


class Way:
    """The road at one pace. `view` None: as fast as the rulebook lets, every step as soon as the one before is done."""

    def __init__(
        self,
        paces: Mapping[Pair, Pace],
        view: View | None,
        counted: str,
        book: Rulebook,
        calendar: WorkCalendar,
        meets: Meets | None = None,
        direct: bool = False,
    ) -> None:
        self.view, self.counted, self.direct = view, counted, direct
        self._paces, self._book, self._calendar, self._meets = paces, book, calendar, meets
        # Worked out once: thousands of cases go over the same steps on the same days.
        self._fallen: dict[tuple[str, date], date] = {}
        self._left: dict[tuple[Pair, date, date | None], date] = {}
        self._known: dict[tuple[str, date], date] = {}
        self._latest: dict[tuple[str, date], date | None] = {}
        self._quick: dict[tuple[str, date], bool] = {}
        self._ways_on: dict[tuple[str, date], tuple[tuple[str, date], ...]] = {}

    def steps(self, step: str) -> tuple[str, ...]:
        """The steps from this one to the one that counts."""
        return road(step, self.counted, self.direct, self._book)

    def falls(self, step: str, day: date) -> date:
        """The first day on or after this one on which the step can fall."""
        key = (step, day)
        if key not in self._fallen:
            self._fallen[key] = first_day(step, day, self._book, self._calendar, self._meets)
        return self._fallen[key]

    def at_meeting(self, step: str) -> bool:
        """Whether the step falls at a branch meeting."""
        return self._book.entries.pace[step].falls == "meeting"

    def leaves(self, pair: Pair, entered: date, today: date | None = None) -> date:
        """When a case goes on from the first step of the pair; `today`: it stands there now."""
        if self.view is None:
            return max(entered, today or entered)
        key = (pair, entered, today)
        if key not in self._left:
            pace = self._paces[pair]
            self._left[key] = (
                pace.leaves(entered, self.view, self._calendar)
                if today is None
                else max(today, pace.leaves_yet(entered, today, self.view, self._calendar))
            )
        return self._left[key]

    def arrives(self, step: str, day: date) -> date:
        """The day that counts, for a case whose `step` falls on that day."""
        key = (step, day)
        if key not in self._known:
            steps = self.steps(step)
            self._known[key] = day if len(steps) == 1 else self._goes_on(steps[0], steps[1], day)
        return self._known[key]

    def _goes_on(self, step: str, following: str, day: date) -> date:
        return self.arrives(following, self.falls(following, self.leaves((step, following), day)))

    def latest(self, step: str, end: date) -> date | None:
        """The last day on which the step can fall so that the day that counts is not after `end`; None: never."""
        key = (step, end)
        if key not in self._latest:
            self._latest[key] = self._search(step, end) if self.steps(step) else None
        return self._latest[key]

    def _search(self, step: str, end: date) -> date | None:
        following = self.steps(step)[1:2]
        # A step falls no later than the one after it.
        latest = self.latest(following[0], end) if following else end
        if latest is None:
            return None
        low, high, back = latest, latest + timedelta(days=1), 1
        while not self._in_time(step, low, end):
            low, high, back = low - timedelta(days=back), low, back * 2
            if end - low > LONGEST:
                return None
        while (high - low).days > 1:
            middle = low + (high - low) // 2
            low, high = (middle, high) if self._in_time(step, middle, end) else (low, middle)
        return low

    def _in_time(self, step: str, day: date, end: date) -> bool:
        return self.arrives(step, self.falls(step, day)) <= end

    def in_time(self, step: str, entered: date, today: date, end: date) -> bool:
        """Whether a case that stands at a step since a day comes to count by the end, if nothing else is in its way."""
        key = (step, entered)
        if key not in self._quick:
            steps = self.steps(step)
            leaves = self.leaves((steps[0], steps[1]), entered, today) if len(steps) > 1 else date.max
            self._quick[key] = leaves <= end and self.arrives(steps[1], self.falls(steps[1], leaves)) <= end
        return self._quick[key]

    def travel(self, facts: CaseFacts, today: date, holding: Iterable[Wait] = ()) -> dict[str, date]:
        """The expected day of each step that still comes for a case, in order; `holding` waits put steps off."""
        held = [wait for wait in holding if wait.hard or self.view is not None]
        steps, day = self.steps(facts.step), facts.step_on or today
        days: dict[str, date] = {}
        last = max((steps.index(wait.step) for wait in held if wait.step in steps), default=1)
        for at, step in enumerate(steps[1 : max(last, 1) + 1]):
            leaves = self.leaves((steps[at], step), day, today if at == 0 else None)
            day = self.falls(step, max([leaves, *(wait.until for wait in held if wait.step == step)]))
            days[step] = day
        days.update(self._onward(step, day) if len(steps) > 1 else ())
        return days

    def _onward(self, step: str, day: date) -> tuple[tuple[str, date], ...]:
        """The days of the steps after one that falls on `day`; cases of one branch share them from a meeting on."""
        key = (step, day)
        if key not in self._ways_on:
            following = self.steps(step)[1:2]
            on = [(one, self.falls(one, self.leaves((step, one), day))) for one in following]
            self._ways_on[key] = (*on, *(later for one in on for later in self._onward(*one)))
        return self._ways_on[key]


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case does not make it.

    barred: a requirement (`about`) that no waiting mends. wait: one that is met from `on` (custom: by the unit's own
    custom, not by law). meeting: the rules would let it, but the branch's next regular meeting is on `on`. pace: the
    step `about` usually takes too long. over: the period leaves no day for it.
    """

    kind: Literal["barred", "wait", "meeting", "pace", "over"]
    about: str
    on: date | None
    custom: bool = False


@dataclass(frozen=True, slots=True)
class Prospect:
    """What may become of one case.

    `earliest`: the first day that the rulebook lets it count (order, waits, working days, meetings); None: never as
    it stands. `expected`: by view. `next_by`: by view, the last day of the next step
    that still makes the period; None where it is not made at that pace. `lapsing`: papers that would lapse before the
    vote and must be made anew. `chance`: of making the period, by how widely the stays of others were spread.
    """

    case: int
    code: str
    step: str
    following: str
    following_on: Mapping[View, date]
    earliest: date | None
    expected: Mapping[View, date | None]
    next_by: Mapping[View, date | None]
    why: Why | None
    lapsing: tuple[str, ...] = ()
    chance: float = 0.0

    def verdict(self, view: View, end: date) -> Verdict:
        """Whether it makes it: at this pace, only at that of the quickest quarter, or not at all."""
        if self.earliest is None or self.earliest > end:
            return "cannot"
        expected, quickest = self.expected[view], self.expected["fast"]
        if expected is not None and expected <= end:
            return "likely"
        return "hurry" if quickest is not None and quickest <= end else "cannot"


@dataclass(frozen=True, slots=True)
class Ways:
    """The same road for one branch: as fast as the rules let (with and without waiting for a meeting), and by view."""

    soonest: Way
    unmeeting: Way
    by_view: Mapping[View, Way]
    chances: Chances


def ways(
    paces: Mapping[Pair, Pace],
    counted: str,
    book: Rulebook,
    calendar: WorkCalendar,
    meets: Meets | None = None,
    direct: bool = False,
    chances: Chances | None = None,
) -> Ways:
    """All ways of one branch; `chances` where other branches share them."""
    by_view = {view: Way(paces, view, counted, book, calendar, meets, direct) for view in VIEWS}
    return Ways(
        Way({}, None, counted, book, calendar, meets, direct),
        Way({}, None, counted, book, calendar, None, direct),
        by_view,
        chances or Chances(paces, counted, book, calendar, direct),
    )


def prospect(
    case: int, facts: CaseFacts, period: Period, today: date, among: Ways, book: Rulebook, calendar: WorkCalendar
) -> Prospect | None:
    """What may become of an open case within the period; None for one that counts already or is off the road."""
    steps = among.soonest.steps(facts.step)
    if len(steps) < 2 or facts.left:
        return None
    holding = waits(facts, today, book, calendar)
    soonest = among.soonest.travel(facts, today, holding)
    stopped = barred(facts, soonest, book, calendar)
    travelled = {view: _travelled(facts, today, way, holding, book, calendar) for view, way in among.by_view.items()}
    last = steps[-1]
    earliest = None if stopped else soonest[last]
    # Growing too old is the one thing that only waiting brings: whoever is let in at the slowest pace is so at each.
    ageing = stopped is None and barred(facts, travelled["cautious"][0], book, calendar) is not None
    expected = {
        view: None if stopped or (ageing and barred(facts, days, book, calendar)) else days[last]
        for view, (days, _) in travelled.items()
    }
    return Prospect(
        case=case,
        code=facts.id,
        step=facts.step,
        following=steps[1],
        following_on={view: days[steps[1]] for view, (days, _) in travelled.items()},
        earliest=earliest,
        expected=expected,
        next_by=_last_days(steps[1], expected, period.last, among),
        why=_why(facts, stopped, earliest, holding, period, today, among, travelled["cautious"][0]),
        lapsing=travelled["usual"][1],
        chance=_chance(
            facts, earliest, [one for one in holding if one.step in steps[1:]], period.last, today, among.chances
        ),
    )


def _chance(
    facts: CaseFacts, earliest: date | None, holding: Sequence[Wait], end: date, today: date, chances: Chances
) -> float:
    """Nobody has one whom the rulebook does not let; a step that has to wait falls no earlier than it may."""
    if earliest is None or earliest > end:
        return 0.0
    found = chances.now(facts.step, facts.step_on or today, today, end)
    return min([found, *(chances.onward(wait.step, wait.until, end) for wait in holding)])


def _last_days(step: str, expected: Mapping[View, date | None], end: date, among: Ways) -> dict[View, date | None]:
    """The last day of the next step at each pace at which the case makes the period."""
    makes_it = {view: day is not None and day <= end for view, day in expected.items()}
    return {view: among.by_view[view].latest(step, end) if made else None for view, made in makes_it.items()}


def _travelled(
    facts: CaseFacts, today: date, way: Way, holding: list[Wait], book: Rulebook, calendar: WorkCalendar
) -> tuple[dict[str, date], tuple[str, ...]]:
    """The days of the steps, put off further where a paper lapses on the way and must be made anew."""
    days = way.travel(facts, today, holding)
    lapsing = lapses(facts, days, book, calendar)
    again = [Wait(one.step, way.leaves(one.redo, today), one.paper, False) for one in lapsing if one.redo[0] != ""]
    found = way.travel(facts, today, [*holding, *again]) if again else days
    return found, tuple(one.paper for one in lapsing)


def _why(
    facts: CaseFacts,
    stopped: str | None,
    earliest: date | None,
    holding: list[Wait],
    period: Period,
    today: date,
    among: Ways,
    slowest: Mapping[str, date],
) -> Why | None:
    if stopped:
        return Why("barred", stopped, None)
    if earliest is None or earliest <= period.last:
        return _slowest(slowest, among.soonest.steps(facts.step), period, today, holding)
    hard = [wait for wait in holding if wait.hard]
    anyhow = among.unmeeting.travel(facts, today, hard)
    if max(anyhow.values()) <= period.last:
        met = {step: day for step, day in among.soonest.travel(facts, today, hard).items() if day > anyhow[step]}
        step = next(step for step in reversed(met) if among.soonest.at_meeting(step))
        return Why("meeting", step, met[step])
    if hard:
        latest = max(hard, key=lambda wait: wait.until)
        return Why("wait", latest.why, latest.until, latest.custom)
    return Why("over", facts.step, earliest)


def _slowest(
    days: Mapping[str, date], steps: Sequence[str], period: Period, today: date, holding: list[Wait]
) -> Why | None:
    """The step on the rest of the road that takes longest, where the slower pace is too slow."""
    last = max(days.values())
    if last <= period.last:
        return None
    soft = [wait for wait in holding if wait.until > period.last]
    if soft:
        return Why("wait", soft[0].why, soft[0].until, soft[0].custom)
    entered = [today, *days.values()]
    stays = {step: after - before for step, (before, after) in zip(steps, pairwise(entered), strict=False)}
    return Why("pace", max(stays, key=lambda step: stays[step]), last)


def direct(facts: CaseFacts) -> bool:
    """Whether the branch's resolution on this case goes straight to the standing committee."""
    return bool(facts.answers.get(DIRECT))
