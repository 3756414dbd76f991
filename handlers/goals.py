"""Targets and how far they are: a year with its quarters, by unit, by member, by mass organisation."""

from collections import Counter
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.admission import set_by_unit
from bot.rules.facts import CaseFacts
from bot.rules.figures import Figures
from bot.rules.goals import Reached, Share, late_by, quarters_differ, term
from bot.rules.grouping import grouping
from bot.rules.periods import Period, containing
from bot.rules.terms import TermStanding
from bot.vietnamese.fold import fold
from handlers.area_goals import goals_of_area
from handlers.commands import Context, command
from handlers.desk import Asked, may_set, read, sees_cases, stands_above, up
from handlers.leading import screen as leaders
from handlers.pages import Page
from handlers.standing import bar
from handlers.templates import given
from storage import achievements, admission, comparing, exits, settings, standing, targets, terms
from storage.units import COMMITTEES, Unit

SHOWN = 6


@command("chitieu")
def goals(context: Context, words: str) -> Reply:
    """A unit's targets for a year or another period."""
    asked = read(context, "chitieu", words, "year")
    if asked.unit is None:
        return goals_of_area(context, asked.period, asked.page)
    return goals_of(context, asked.unit, asked.period)


def goals_of(context: Context, unit: Unit, period: Period, **more: Any) -> Reply:
    """The screen of a unit's targets."""
    figures = standing.figures(context.connection, unit, period, context.today)
    year = containing("year", period.last)
    reached = Reached(figures.admitted, figures.admitted_target)
    values = {
        "unit": unit,
        "period": period,
        "figures": figures,
        "reached": reached,
        "sources": Reached(figures.new_sources, figures.sources_target),
        "late": late_by(reached, period, context.today),
        "bar": bar(figures.admitted, figures.admitted_target),
        "quarters": _quarters(context, unit, year) if period.kind == "year" else [],
        "share": _share(context, unit, figures),
        **_term(context, unit),
        "exits": [{"kind": kind, "count": count} for kind, count in _exits(context, unit, period)],
        "single": unit.kind not in COMMITTEES,
        **more,
    }
    return Reply("goals.unit", values, _buttons(context, unit, period, figures), edit=True)


def local(context: Context, unit: Unit, name: str) -> int:
    """What holds for a unit: set by it, by a unit above it, or the rulebook's own number."""
    facts = CaseFacts(local=settings.local_of(context.connection, unit))
    return set_by_unit(facts, name, admission.book_of(context.connection))


def _quarters(context: Context, unit: Unit, year: Period) -> list[dict[str, Any]]:
    months = standing.by_month(context.connection, unit, year, year)
    quarters = list(year.parts("quarter"))
    wanted = targets.targets_of(context.connection, unit, year.year, quarters)
    return [
        {
            "number": quarter.number,
            "reached": Reached(
                sum(flow.admitted for month, flow in months.items() if month.first in quarter), target.admissions
            ),
            "coming": quarter.first > context.today,
        }
        for quarter, target in zip(quarters, wanted, strict=True)
    ]


def _share(context: Context, unit: Unit, figures: Figures) -> Share | None:
    """The yearly share; the members were counted on 31 December of last year, so only this year's can be told."""
    per_mille = local(context, unit, "least_share_per_mille")
    this_year = figures.period.last.year == context.today.year
    members = standing.members_of(context.connection, unit, figures) if per_mille and this_year else None
    if not members:
        return None
    return Share(members, per_mille, figures.year.admitted)


def _term(context: Context, unit: Unit) -> dict[str, Any]:
    """The term so far, beside its plan where there is one."""
    first = local(context, unit, "term_first_year")
    if first > context.today.year:
        return {"term": None, "plan": None}
    year = Period("year", first)
    months = standing.by_month(context.connection, unit, year, containing("year", context.today))
    plan = terms.plan_of(context.connection, unit.id, first)
    found = term(months, first, context.today, plan.years if plan else terms.LENGTH)
    return {"term": found, "plan": TermStanding(found, plan) if plan else None}


def _exits(context: Context, unit: Unit, period: Period) -> list[tuple[str, int]]:
    names = admission.book_of(context.connection).entries.discipline
    found = exits.by_kind(context.connection, unit, period)
    return [(names[one.kind].name if one.kind in names else one.kind, one.count) for one in found]


def _buttons(context: Context, unit: Unit, period: Period, figures: Figures) -> list[list[Choice]]:
    of = f"#{unit.id} {period.code}"
    below = stands_above(context, unit)
    split = [Choice("by_unit", f"/chitieudonvi {of}")] if below else []
    if sees_cases(context, unit):
        split += [Choice("leaders", f"/capuy #{unit.id}") if below else Choice("by_member", f"/chitieunguoi {of}")]
    split += [Choice("by_organisation", f"/chitieudoanthe {of}")]
    lacking = [Choice("lacking", f"/danhsach none {of}")] if figures.without_admission and below else []
    lacking += [Choice("no_source", f"/danhsach nosource {of}")] if figures.without_source and below else []
    setting: list[Choice] = []
    if may_set(context, unit):
        setting = [Choice("set_target", f"/datchitieu {of}"), Choice("way_of_counting", f"/cachtinh #{unit.id}")]
    past = [Choice("target_history", f"/lichsuchitieu #{unit.id} {period.last.year}")]
    past += [Choice("term", f"/nhiemky #{unit.id}")]
    return [split, lacking, setting, past, [*up(context, "chitieu", unit, period), _status(unit)]]


def _status(unit: Unit) -> Choice:
    return Choice("status", f"/tinhhinh #{unit.id}")


def _back(asked: Asked) -> list[Choice]:
    return [Choice("to_targets", f"/chitieu #{asked.of.id} {asked.period.code}")]


@command("chitieudonvi")
def by_unit(context: Context, words: str) -> Reply:
    """The units directly below, those that lack most first; each with what it exceeds or lacks."""
    asked = read(context, "chitieudonvi", words, "year")
    wanted = (comparing.ADMITTED, comparing.SOURCES)
    below = comparing.children(context.connection, asked.of, asked.period, context.today, wanted)
    found = [
        (unit, Reached(one.admitted, one.admitted_target), Reached(one.new_sources, one.sources_target))
        for unit, one in below
    ]
    found.sort(key=lambda row: (-row[1].missing, -row[2].missing, row[0].ordered))
    page = Page.of(found, asked.page, SHOWN)
    rows = [{"name": unit.name, "reached": reached, "sources": sources} for unit, reached, sources in page.items]
    values = {"unit": asked.of, "period": asked.period, "rows": rows, "page": page.number + 1, "pages": page.last + 1}
    turn = page.turn(lambda to: f"/chitieudonvi #{asked.of.id} {asked.period.code} +{to}")
    down = [
        Choice("unit", f"/chitieu #{unit.id} {asked.period.code}", {"name": unit.name}) for unit, _, _ in page.items
    ]
    buttons = [*(down[i : i + 2] for i in range(0, len(down), 2)), turn, _back(asked)]
    return Reply("goals.units", {**values, "count": page.count}, buttons, edit=True)


@command("chitieunguoi")
def by_member(context: Context, words: str) -> Reply:
    """The members of a branch; above the branches those who lead and help nobody."""
    asked = read(context, "chitieunguoi", words, "year")
    if not sees_cases(context, asked.of):
        raise Refusal("access.not_your_role")
    if asked.of.kind in COMMITTEES:
        return leaders(context, asked)
    by = standing.counted_by(context.connection, asked.of)
    page = Page.of(achievements.by_member(context.connection, asked.of, asked.period, by), asked.page, SHOWN)
    rows = [{"one": one, "reached": Reached(one.admitted, one.target.admissions)} for one in page.items]
    values = {"unit": asked.of, "period": asked.period, "rows": rows, "count": page.count}
    turn = page.turn(lambda to: f"/chitieunguoi #{asked.of.id} {asked.period.code} +{to}")
    values |= {"page": page.number + 1, "pages": page.last + 1}
    give: list[Choice] = []
    if covers(context.me.grants, "assign_helper", asked.of.path, asked.of.committee_id):
        year = asked.period.last.year
        give = [
            Choice("give_target", f"/datnguoi #{asked.of.id} {year} = {one.person}", {"name": given(one.name)})
            for one in page.items
        ]
    rows_of_three = [give[i : i + 3] for i in range(0, len(give), 3)]
    return Reply("goals.members", values, [*rows_of_three, turn, _back(asked)], edit=True)


@command("chitieudoanthe", reads=True)
def by_organisation(context: Context, words: str) -> Reply:
    """How many candidates each mass organisation introduced in the period, against its target."""
    asked = read(context, "chitieudoanthe", words, "year")
    noted = achievements.introduced(context.connection, asked.of, asked.period.first, asked.period.last)
    counted: Counter[str] = Counter()
    for said, count in noted.items():
        one = grouping().organisation(fold(said))
        counted[one.slug if one else ""] += count
    wanted = achievements.more_of(context.connection, asked.of.id, asked.period)
    rows = [
        {
            "name": one.name,
            "slug": one.slug,
            "reached": Reached(counted[one.slug], wanted[key].sources if key in wanted else None),
        }
        for one in grouping().organisations
        if (key := f"organisation:{one.slug}") in wanted or counted[one.slug]
    ]
    values = {"unit": asked.of, "period": asked.period, "rows": rows, "unknown": counted[""]}
    values["count"] = sum(counted.values())
    setting = [Choice("set_for_organisation", f"/datdoanthe #{asked.of.id} {asked.period.code}")]
    return Reply(
        "goals.organisations", values, [setting if may_set(context, asked.of) else [], _back(asked)], edit=True
    )


@command("lichsuchitieu")
def changes(context: Context, words: str) -> Reply:
    """Who set a unit's targets of a year, and when."""
    asked = read(context, "lichsuchitieu", words, "year")
    found = targets.changes_of(context.connection, asked.of.id, asked.period.year)
    page = Page.of(found, asked.page, SHOWN)
    rows = [
        {
            "at": at.astimezone(context.now.tzinfo),
            "who": who,
            "values": said,
            "whose": _whose(str(said.get("whose", ""))),
        }
        for at, who, said in page.items
    ]
    values = {"unit": asked.of, "year": asked.period.year, "rows": rows, "count": page.count}
    turn = page.turn(lambda to: f"/lichsuchitieu #{asked.of.id} {asked.period.year} +{to}")
    values |= {"page": page.number + 1, "pages": page.last + 1}
    return Reply("goals.history", values, [turn, _back(asked)], edit=True)


def _whose(key: str) -> str:
    names = {f"organisation:{one.slug}": one.name for one in grouping().organisations}
    return names.get(key, "1" if key else "")


def differing(context: Context, unit: Unit, year: int) -> int:
    """By how much the quarters of a unit's target differ from its year."""
    rows = targets.rows_of(context.connection, unit.id, year)
    quarters = [rows[number].admissions if number in rows else None for number in range(1, 5)]
    return quarters_differ(rows[0].admissions if 0 in rows else None, quarters)
