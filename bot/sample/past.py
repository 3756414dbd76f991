"""How the candidates of the sample ward came to where they stand: the days of the steps they have behind them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from sqlalchemy import Connection

from bot.rules.book import Rulebook
from bot.rules.road import HELD, road
from bot.sample.cases import Sample
from bot.sample.content import content
from storage.facts import keep_dates
from storage.rulebook import book_of

_SEED = 11
YEAR = 365
PROBATION = "probation"
# The member's history is filed some weeks after the ceremony; one in so many is late with it.
FILED, FILED_AFTER, LATE_ONE_IN = "member_history_filed", (12, 30), 7


def write(connection: Connection, samples: Sequence[Sample], today: date) -> None:
    """Writes every earlier day; the day of the step itself is written with the case."""
    chance, book = Random(_SEED), book_of(connection)  # noqa: S311  (the same past every time)
    for sample in samples:
        if sample.state in ("open", "closed"):
            days = dict(_days(sample, book, chance))
            held = days.get(book.entries.steps[HELD].event, sample.step_on if sample.step == PROBATION else None)
            keep_dates(connection, sample.number, days | _filed(sample.number, held, today))


def _filed(number: int, held: date | None, today: date) -> dict[str, date]:
    least, most = FILED_AFTER
    filed = held + timedelta(days=least + number % (most - least)) if held else None
    return {FILED: filed} if filed and filed < today and number % LATE_ONE_IN else {}


def _days(sample: Sample, book: Rulebook, chance: Random) -> Iterator[tuple[str, date]]:
    steps, last, day = _road(sample, book, chance)
    pace = content("pace")["stays"]
    weights = [pace[step] * chance.uniform(0.5, 1.6) for step in steps[:-1]]
    span, passed = (day - sample.listed_on).days, 0.0
    for at, step in enumerate(steps[:-1] if last == sample.step else steps):
        # Office work falls on working days as good as always; weekends are moved to the Friday before.
        on = sample.listed_on + timedelta(days=round(span * passed / sum(weights)) if weights else 0)
        yield book.entries.steps[step].event, max(sample.listed_on, _worked(on)) if at else sample.listed_on
        passed += weights[at] if at < len(weights) else 0
        for event, after in content("pace")["with"].get(step, {}).items():
            yield event, min(on + timedelta(days=after), sample.step_on)


def _road(sample: Sample, book: Rulebook, chance: Random) -> tuple[tuple[str, ...], str, date]:
    """The steps up to where the case stands, or to the ceremony of somebody past it, with the last one's day."""
    whole = road("source", HELD, False, book)
    if sample.step in whole:
        return whole[: whole.index(sample.step) + 1], sample.step, sample.step_on
    since = content("pace")["since_ceremony"][sample.step]
    held = sample.step_on - timedelta(days=since + chance.randint(0, 20) if since else 0)
    return whole, HELD if since else sample.step, held


def _worked(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))
