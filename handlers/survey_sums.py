"""The survey of sources for those above the branch: counts by unit, who has done least first, and nobody's name."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.periods import Period, containing
from bot.vietnamese.fold import fold
from handlers.commands import Context
from handlers.desk import in_sight, own_units
from handlers.pages import Page, read_page
from storage import admission, sight, survey_sums, surveys, units
from storage.surveys import RIPENESS, Progress, Source
from storage.units import Unit

UNITS = 6
YEAR = "nam"


def this_quarter(context: Context) -> Period:
    """The quarter that is surveyed."""
    return containing("quarter", context.today)


def source_steps(context: Context) -> list[str]:
    """The steps at which somebody is a source."""
    return surveys.source_steps(admission.book_of(context.connection))


def counted_of(unit: Unit, everybody: Sequence[Source]) -> Progress:
    """How far a branch has come."""
    found = [source.now for source in everybody]
    return Progress(unit.id, unit.name, len(found), *(found.count(ripe) for ripe in reversed(RIPENESS)))


def above(context: Context, words: str) -> Reply:
    """One's own unit; of somebody with several, their branches in one list."""
    if not context.me.may("see_counts"):
        raise Refusal("access.not_your_role")
    own = own_units(context)
    if len(own) == 1 and own[0].kind != "branch":
        return of_unit(context, own[0], words)
    return _branches(context, sight.units_open_to(context.me, "see_case"), read_page(words)[0])


def of_unit(context: Context, unit: Unit, rest: str) -> Reply:
    """A unit that this person sees the counts of: "nam" is its year, "+1" the next page of the units below."""
    page, what = read_page(rest)
    if fold(what).startswith(YEAR):
        return _year(context, unit)
    if unit.kind == "branch":
        return _counts(context, unit)
    below = units.below(context.connection, unit)
    if all(one.kind == "branch" for one in below):
        return _branches(context, sight.within(unit.path), page, unit)
    return _sums(context, unit, page)


def _branches(context: Context, where: Any, wanted: int, unit: Unit | None = None) -> Reply:
    """Branch by branch: who has not done it first."""
    found = surveys.progress(context.connection, where, source_steps(context), this_quarter(context))
    page = Page.of(found, wanted, UNITS)
    opened = [[Choice("unit", f"/khaosat {row.unit_id}", {"name": row.unit_name})] for row in page.items]
    values = {
        "quarter": this_quarter(context),
        "rows": page.items,
        "branches": len(found),
        "done": sum(row.done for row in found),
        "page": page.number + 1,
        "pages": page.last + 1,
        "whole": _whole(context, unit) if unit else None,
    }
    turn = page.turn(lambda to: f"/khaosat {unit.id} +{to}" if unit else f"/khaosat +{to}")
    return Reply("surveys.above", values, [*opened, turn, _around(context, unit) if unit else []], edit=True)


def _sums(context: Context, unit: Unit, wanted: int) -> Reply:
    """Commune by commune, from the summaries; how many branches are done is looked up for those that are shown."""
    steps, quarter = source_steps(context), this_quarter(context)
    shares = survey_sums.shares(context.connection, unit, steps, quarter)
    page = Page.of(shares, wanted, UNITS)
    opened = [[Choice("unit", f"/khaosat {row.unit.id}", {"name": row.unit.name})] for row in page.items]
    values = {
        "quarter": quarter,
        "unit": unit.name,
        "whole": _whole(context, unit),
        "rows": [_row(context, row) for row in page.items],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: f"/khaosat {unit.id} +{to}")
    return Reply("surveys.sums", values, [*opened, turn, _around(context, unit)], edit=True)


def _row(context: Context, share: survey_sums.Share) -> dict[str, Any]:
    steps, quarter = source_steps(context), this_quarter(context)
    branches, done = surveys.done_in(context.connection, share.unit, steps, quarter)
    return {"share": share, "branches": branches, "done": done}


def _whole(context: Context, unit: Unit) -> survey_sums.Share:
    return survey_sums.share(context.connection, unit, source_steps(context), this_quarter(context))


def _around(context: Context, unit: Unit) -> list[Choice]:
    parent = units.by_id(context.connection, unit.parent_id) if unit.parent_id else None
    up = (
        [Choice("unit", f"/khaosat {parent.id}", {"name": parent.name})] if parent and in_sight(context, parent) else []
    )
    return [Choice("survey_year", f"/khaosat {unit.id} {YEAR}"), *up]


def _year(context: Context, unit: Unit) -> Reply:
    """The quarters of the year side by side, and the last of the year before."""
    now = this_quarter(context)
    quarters = [Period("quarter", now.year, number) for number in range(1, now.number + 1)]
    found = survey_sums.by_quarter(context.connection, unit, [quarters[0].previous, *quarters])
    values = {"unit": unit.name, "year": now.year, "rows": found}
    return Reply("surveys.year", values, [[Choice("survey_back", f"/khaosat {unit.id}")]], edit=True)


def _counts(context: Context, unit: Unit) -> Reply:
    quarter = this_quarter(context)
    everybody = surveys.sources(context.connection, unit.id, source_steps(context), quarter)
    beside = surveys.compared(everybody)
    values = {
        "quarter": quarter,
        "unit": unit.name,
        "counted": counted_of(unit, everybody),
        **{name: len(getattr(beside, name)) for name in ("up", "down", "same", "new", "waiting")},
    }
    return Reply("surveys.counts", values, [_around(context, unit), [Choice("all_branches", "/khaosat")]], edit=True)
