"""Collects from storage what a report is made from: figures, the units below, the make-up, the words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection

from bot.reports.keeping import again
from bot.reports.paper import (
    KIND_OF,
    Breakdown,
    Count,
    Evidence,
    Issuer,
    Measure,
    Paper,
    PaperKind,
    Part,
    Seating,
    SeatsRow,
    State,
    UnitRow,
    parts_of,
)
from bot.rules.composition import Part as Share
from bot.rules.figures import Figures
from bot.rules.periods import Period
from bot.rules.positions import Seats, catalogue, total
from handlers import paper_surveys, shares
from handlers.templates import load
from storage import composing, helping, marked, oversight, positions, reports, standing, units
from storage.composing import Counted
from storage.reports import Report
from storage.units import COMMITTEES, Unit

# What the paper breaks people down by, and what that is called where they are counted.
_BREAKDOWNS = (
    ("group", "groups"),
    ("education", "education"),
    ("area", "areas"),
    ("age", "ages"),
    ("sex", "sexes"),
    ("introduced_by", "introduced"),
)
Below = Sequence[tuple[Unit, Mapping[str, int | None]]]
# From which period on a report tells how the new members are made up.
WITH_MAKEUP = ("quarter", "half", "year")
WITH_SEATING = ("quarterly", "half-year", "yearly")


def paper_of(
    connection: Connection,
    unit: Unit,
    period: Period,
    today: date,
    kind: PaperKind | None = None,
    *,
    whole: bool = True,
) -> Paper:
    """A unit's report as it stands; one that is handed in has the figures with which it was.

    `today` is the office's day: figures count up to it, or to the period's end. Not `whole`: without its tables.
    """
    report = reports.latest(connection, unit.id, period.code)
    if report is not None and report.state == "handed_in" and kind is None:
        figures = reports.figures_of(connection, report)
        if figures:
            return _worded(connection, again(figures), report, period)
    paper = figured(connection, unit, period, today, kind or KIND_OF[period.kind], whole=whole)
    return _worded(connection, paper, report, period)


def _worded(connection: Connection, paper: Paper, report: Report | None, period: Period) -> Paper:
    if paper.kind == "composition":
        return paper
    number = report.number if report else None
    before = None if report is None else reports.latest(connection, report.unit_id, period.previous.code)
    said = report.parts if report else {}
    parts = tuple(
        Part(slug, said.get(slug), before.parts.get(slug) if before else None) for slug in parts_of(period.kind)
    )
    state: State = "handed_in" if report and report.state == "handed_in" else "draft"
    return replace(paper, number=number, parts=parts, state=state)


def handed_in_paper(connection: Connection, unit: Unit, period: Period, today: date) -> Paper:
    """The report as it is handed in today: what is kept of it."""
    return replace(paper_of(connection, unit, period, today), state="handed_in", dated=today)


def figured(
    connection: Connection, unit: Unit, period: Period, today: date, kind: PaperKind, *, whole: bool = True
) -> Paper:
    """The figures alone, without a word that anybody wrote."""
    found = standing.figures(connection, unit, period, today)
    paper = Paper(
        kind,
        period,
        issuer(connection, unit),
        min(today, period.last) if period.first <= today else today,
        measures=(
            *measures(found),
            _helped(connection, unit, period),
            *paper_surveys.measures_of(connection, unit, period, today),
        ),
        stages=_stages(found.by_stage),
    )
    return _with_tables(connection, paper, unit, found, today) if whole else paper


def _with_tables(connection: Connection, paper: Paper, unit: Unit, found: Figures, today: date) -> Paper:
    period, yearly = paper.period, paper.kind == "yearly"
    tabled = unit.kind in COMMITTEES and paper.kind != "composition"
    below = _below(connection, unit, period, today) if tabled else []
    made_up = period.kind in WITH_MAKEUP or paper.kind == "composition"
    return replace(
        paper,
        rows=_rows(connection, below, period),
        breakdowns=(
            *(_breakdowns(connection, unit, found, today) if made_up else ()),
            *(_by_mark(connection, unit, found, today) if yearly else ()),
        ),
        seating=_seating(connection, unit, today) if paper.kind in WITH_SEATING else None,
        survey=paper_surveys.survey_of(connection, unit, period, today) if period.kind in WITH_MAKEUP else None,
        evidence=_evidence(connection, unit, below, period, today) if yearly else (),
        introduced=_introduced(connection, unit, found) if yearly else (),
    )


def _below(connection: Connection, unit: Unit, period: Period, today: date) -> Below:
    """The units that report here, with their figures; those directly below are read all at once."""
    there = {child.id: found for child, found in standing.children(connection, unit, period, today)}
    return [
        (one, row_figures(there.get(one.id) or standing.figures(connection, one, period, today)))
        for one in reports.owing(connection, unit)
    ]


def issuer(connection: Connection, unit: Unit) -> Issuer:
    """Whose paper it is, and below whom."""
    over = units.by_id(connection, unit.parent_id) if unit.parent_id else None
    committee = units.by_id(connection, unit.committee_id) if unit.committee_id else None
    return Issuer(
        unit.name,
        unit.kind,
        over.name if over else None,
        over.kind if over else None,
        committee.name if committee else None,
    )


def measures(found: Figures) -> tuple[Measure, ...]:
    """The figures in the order of the paper, the period before beside each."""
    now, before = found.flow, found.previous
    told = [
        Measure("admitted", now.admitted, before.admitted, found.admitted_target),
        Measure("new_sources", now.new_sources, before.new_sources, found.sources_target),
    ]
    if found.period.kind != "year":
        told += [
            Measure("admitted_in_year", found.year.admitted, None, found.year_target.admissions),
            Measure("sources_in_year", found.year.new_sources, None, found.year_target.sources),
        ]
    told += [
        Measure(slug, getattr(now, slug), getattr(before, slug))
        for slug in ("proposals", "recognised", "exits", "net", "contacts")
    ]
    told += [Measure("sources", found.open_cases), Measure("overdue", found.overdue), Measure("silent", found.silent)]
    return tuple(told)


def _helped(connection: Connection, unit: Unit, period: Period) -> Measure:
    """How often the committee helped branches here."""
    (now, _), (before, _) = helping.times_in(connection, unit, [period, period.previous])
    return Measure("helped", now, before)


def _stages(by_stage: Mapping[str, int]) -> tuple[Count, ...]:
    names = _house()["steps"]
    return tuple(Count(name, by_stage[slug]) for slug, name in names.items() if by_stage.get(slug))


def _rows(connection: Connection, below: Below, period: Period) -> tuple[UnitRow, ...]:
    there = reports.handed_in(connection, [unit.id for unit, _ in below], period.code)
    return tuple(UnitRow(unit.code, unit.name, figures, unit.id in there) for unit, figures in below)


def row_figures(found: Figures) -> dict[str, int | None]:
    """One unit's figures by name, as the tables of units show them."""
    flow = found.flow
    return {
        "admitted": flow.admitted,
        "admitted_target": found.admitted_target,
        "new_sources": flow.new_sources,
        "sources_target": found.sources_target,
        "proposals": flow.proposals,
        "recognised": flow.recognised,
        "exits": flow.exits,
        "contacts": flow.contacts,
        "sources": found.open_cases,
        "overdue": found.overdue,
        "silent": found.silent,
    }


def _breakdowns(connection: Connection, unit: Unit, found: Figures, today: date) -> tuple[Breakdown, ...]:
    members = composing.admitted(connection, unit, found.period, found.counted_by)
    return breakdowns(members, composing.sources(connection, unit, shares.coming(), today))


def _by_mark(connection: Connection, unit: Unit, found: Figures, today: date) -> tuple[Breakdown, ...]:
    """By the marks that the office sets for its branches; nothing where it has set none."""
    names = catalogue().marks
    members = marked.admitted(connection, unit, found.period, found.counted_by, list(names))
    sources = marked.sources(connection, unit, shares.coming(), list(names))
    rows = tuple((said, members.get(mark, 0), sources.get(mark, 0)) for mark, said in names.items())
    whole = composing.sources(connection, unit, shares.coming(), today).total
    there = tuple(row for row in rows if row[1] or row[2])
    return (Breakdown("mark", found.admitted, whole, there),) if there else ()


def _seating(connection: Connection, unit: Unit, today: date) -> Seating | None:
    """The shares of members among the holders of positions; a kind of which there are none has no row."""
    told = positions.totals(connection, unit, today)
    known, rows = catalogue(), list[SeatsRow]()
    for group in known.groups:
        kinds = [kind for kind in known.of_group(group) if kind in told.by_kind]
        rows += [_seats_row(known.kinds[kind].name, told.by_kind[kind]) for kind in kinds]
        for both in known.sums.values():
            if both.group == group and all(kind in kinds for kind in both.of):
                rows.append(_seats_row(both.whole, total(told.by_kind[kind] for kind in both.of)))
    return Seating(tuple(rows), told.said, told.branches, today) if rows else None


def _seats_row(name: str, seats: Seats) -> SeatsRow:
    return SeatsRow(name[:1].upper() + name[1:], seats.posts, seats.held, seats.members)


def breakdowns(members: Counted, sources: Counted) -> tuple[Breakdown, ...]:
    """Both beside each other, in words."""
    told = [shares.tables(one) for one in (members, sources)]
    return tuple(
        Breakdown(slug, members.total, sources.total, _beside(kind, told[0][kind], told[1][kind]))
        for slug, kind in _BREAKDOWNS
    )


def _beside(kind: str, *both: Sequence[Share]) -> tuple[tuple[str, int, int], ...]:
    """The parts of one whole beside those of another, by name, in the order of the paper."""
    first, second = ({part.name: part.count for part in parts} for parts in both)
    order = shares.order_of(kind)
    names = sorted({*first, *second}, key=lambda name: (order.index(name) if name in order else len(order), name))
    return tuple((name, first.get(name, 0), second.get(name, 0)) for name in names)


@cache
def _house() -> Mapping[str, Any]:
    """The words of the house's sentences, read once."""
    return load("words")


def _introduced(connection: Connection, unit: Unit, found: Figures) -> tuple[tuple[str, int, int], ...]:
    listed = composing.introducing(connection, unit, found.period)
    admitted = composing.admitted(connection, unit, found.period, found.counted_by).introduced_by
    return _beside("introduced", *(shares.introduced(by, sum(by.values())) for by in (listed, admitted)))


def _evidence(connection: Connection, unit: Unit, below: Below, year: Period, today: date) -> tuple[Evidence, ...]:
    """For the review of the year: what each unit reached, had committed itself to, handed in and was told."""
    numbers = [unit.id for unit, _ in below]
    months = [month.code for month in year.parts("month") if month.first <= today]
    signed = oversight.commitments_of(connection, numbers, year.year)
    handed = reports.count_handed_in(connection, numbers, months)
    noted = oversight.counted(oversight.findings(connection, unit.path, year.first, year.last))
    told = []
    for one, figures in below:
        mine, found = signed.get(one.id), noted.get(one.id, Counter())
        more = {
            "committed_admissions": mine.admissions if mine else None,
            "committed_sources": mine.sources if mine else None,
            "handed_in": handed.get(one.id, 0),
            "reports": len(months),
            "commended": found["commendation"],
            "reminded": found["reminder"],
            "unmended": found["unmended"],
        }
        told.append(Evidence(one.code, one.name, {**figures, **more}, mine.signed_on if mine else None))
    return tuple(told)
