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
    State,
    UnitRow,
    parts_of,
)
from bot.reports.wording import words
from bot.rules.figures import Figures
from bot.rules.grouping import grouping
from bot.rules.periods import Period
from bot.vietnamese.fold import fold
from handlers.templates import load
from storage import makeup, oversight, reports, standing, units
from storage.makeup import Makeup
from storage.reports import Report
from storage.units import COMMITTEES, Unit

# What the paper breaks people down by, and what that is called where they are counted.
_BREAKDOWNS = (
    ("group", "group"),
    ("education", "education"),
    ("area", "area"),
    ("age", "born"),
    ("sex", "sex"),
    ("introduced_by", "introduced_by"),
)
# Stages before the admission: who is there is a source, not a member yet.
COMING = ("source", "class", "dossier", "deciding")
Below = Sequence[tuple[Unit, Mapping[str, int | None]]]
# From which period on a report tells how the new members are made up.
WITH_MAKEUP = ("quarter", "half", "year")


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
        measures=measures(found),
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
        breakdowns=_breakdowns(connection, unit, found) if made_up else (),
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


def _breakdowns(connection: Connection, unit: Unit, found: Figures) -> tuple[Breakdown, ...]:
    members = makeup.of_members(connection, unit.path, found.period, found.counted_by)
    steps = [step for stage in COMING for step in grouping().stages[stage][1]]
    sources = makeup.of_sources(connection, unit.path, steps)
    return breakdowns(members, sources, found.period.last.year)


def breakdowns(members: Makeup, sources: Makeup, year: int) -> tuple[Breakdown, ...]:
    """Both beside each other, in words; `year`: in which ages are reckoned."""
    told = []
    for slug, kind in _BREAKDOWNS:
        named = [_named(slug, one.by[kind], year) for one in (members, sources)]
        order = [name for name in _order(slug) if any(name in counts for counts in named)]
        order += [name for counts in named for name in counts if name not in order and name != words()["unknown"]]
        if any(words()["unknown"] in counts for counts in named):
            order.append(words()["unknown"])
        rows = tuple((name, named[0].get(name, 0), named[1].get(name, 0)) for name in dict.fromkeys(order))
        told.append(Breakdown(slug, members.count, sources.count, rows))
    return tuple(told)


@cache
def _house() -> Mapping[str, Any]:
    """The words of the house's sentences, read once."""
    return load("words")


def _names(slug: str) -> Mapping[Any, str]:
    house = _house()
    lists = {"group": house["groups"], "education": house["education"]}
    return dict(lists.get(slug) or words()[{"area": "areas", "sex": "sexes"}[slug]])


def _order(slug: str) -> list[str]:
    if slug == "age":
        return list(words()["ages"])
    if slug == "introduced_by":
        return [*words()["organisations"], words()["another_organisation"]]
    return list(_names(slug).values())


def _named(slug: str, counts: Mapping[Any, int], year: int) -> Counter[str]:
    """The same counts by what they are called."""
    named: Counter[str] = Counter()
    for value, count in counts.items():
        named[_name(slug, value, year)] += count
    return named


def _name(slug: str, value: Any, year: int) -> str:
    unknown = str(words()["unknown"])
    if value in (None, ""):
        return unknown
    if slug == "age":
        return next((name for name, (least, most) in words()["ages"].items() if least <= year - value <= most), unknown)
    if slug == "introduced_by":
        return organisation(value)
    return _names(slug).get(value, str(value))


def organisation(text: str) -> str:
    """The organisation that somebody wrote down as the one that introduces."""
    folded = fold(text)
    known = words()["organisations"]
    found = next((name for name, marks in known.items() if any(mark in folded for mark in marks)), None)
    return str(found or words()["another_organisation"])


def _introduced(connection: Connection, unit: Unit, found: Figures) -> tuple[tuple[str, int, int], ...]:
    listed, admitted = (
        _named("introduced_by", counts, 0)
        for counts in makeup.introduced(connection, unit.path, found.period, found.counted_by)
    )
    order = [*_order("introduced_by"), str(words()["unknown"])]
    return tuple((name, listed[name], admitted[name]) for name in order if listed[name] or admitted[name])


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
