"""What each of the lead's commands is asked, where, and what its handler reads of a unit: the numbers alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.chat import Address
from bot.rules.grouping import grouping
from bot.rules.periods import Period, containing
from bot.rules.positions import catalogue
from bot.rules.workdays import add_months
from bot.sample import province
from handlers import late, shares, survey_sums
from storage import (
    achievements,
    candidates,
    comparing,
    composing,
    difficulties,
    difficulty_lists,
    exits,
    helping,
    holding,
    leading,
    marks,
    new_members,
    people,
    places,
    positions,
    reports,
    standing,
    standing_lists,
    surveys,
    targets,
    terms,
    units,
    weak_units,
)
from storage import survey_sums as surveyed
from storage.people import Person
from storage.standing_lists import Listing
from storage.units import Unit

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = NOW.date()
YEAR, QUARTER, MONTH = (containing(kind, TODAY) for kind in ("year", "quarter", "month"))
PAGE = 5
# The path of each place, and who asks.
PLACES = {"branch": ("1/2/127/", "chibo"), "commune": ("1/2/", "xa"), "province": ("1/", "tinh")}
# What is asked, as a phone sends it; /kehoach is in benchmarks/plans.py.
ASKED = {
    "tinhhinh": "/tinhhinh #{unit}",
    "quahan": "/quahan #{unit}",
    "chitieu": "/chitieu #{unit} 2026",
    "chitieudonvi": "/chitieudonvi #{unit} 2026",
    "chitieudoanthe": "/chitieudoanthe #{unit} 2026",
    "xephang": "/xephang #{unit} 2026",
    "noicangiup": "/noicangiup #{unit}",
    "coccau": "/coccau #{unit} 2026",
    "coccau nguon": "/coccau nguon #{unit}",
    "vitri": "/vitri #{unit}",
    "diaban": "/diaban #{unit}",
    "diabantrang": "/diabantrang #{unit}",
    "giuvai": "/giuvai #{unit}",
    "capuy": "/capuy #{unit}",
    "dangvienmoi": "/dangvienmoi #{unit}",
    "luotgiup": "/luotgiup #{unit} 2026",
    "nhiemky": "/nhiemky #{unit}",
    "khaosat": "/khaosat {unit}",
    "khaosat nam": "/khaosat {unit} nam",
    "vuongmac": "/vuongmac",
    "chuanop": "/chuanop 2026-11 u{unit}",
    "danhsach admitted": "/danhsach admitted #{unit} 2026",
    "danhsach sources": "/danhsach sources #{unit} 2026",
    "danhsach silent": "/danhsach silent #{unit} 2026",
    "danhsach stages": "/danhsach stages #{unit} 2026",
    "danhsach source": "/danhsach stage:source #{unit} 2026",
    "danhsach contacts": "/danhsach contacts #{unit} 2026-11",
    "danhsach none": "/danhsach none #{unit} 2026",
    "danhsach units": "/danhsach units #{unit} 2026",
}
# Where each makes sense, if not everywhere: a branch has nothing below it; the province's office answers nobody.
ABOVE = ("commune", "province")
WHERE = dict.fromkeys(
    ("xephang", "chitieudonvi", "diaban", "chuanop", "khaosat nam", "danhsach none", "danhsach units"), ABOVE
) | {"vuongmac": ("commune",)}


def text_of(name: str, unit: int) -> str:
    """What the phone sends."""
    return ASKED[name].format(unit=unit)


@dataclass(frozen=True, slots=True)
class Reading:
    """One unit, by one person."""

    connection: Connection
    person: Person
    unit: Unit

    @property
    def whole(self) -> bool:
        """Whether it is the province."""
        return self.unit.parent_id is None


_PEOPLE: dict[str, Person] = {}


def read_by(connection: Connection, name: str, who: str, path: str) -> object:
    """What the handler of a command reads, by the same functions; who asks is known already."""
    if who not in _PEOPLE:
        found = people.at(connection, Address(province.CHANNEL, who))
        assert found
        _PEOPLE[who] = found
    unit = units.by_id(connection, int(path.rstrip("/").split("/")[-1]))
    return NUMBERS[name](Reading(connection, _PEOPLE[who], unit))


def _status(one: Reading) -> object:
    figures = standing.figures(one.connection, one.unit, QUARTER, TODAY)
    return (
        figures,
        standing.contacts_in(one.connection, one.unit, MONTH),
        standing.branches_without(
            one.connection, one.unit, "admission_decided", 2026, most=3 if figures.branches else 0
        )
        if one.unit.kind == "committee"
        else None,
    )


def _late(one: Reading) -> object:
    if one.whole:
        return comparing.children(one.connection, one.unit, QUARTER, TODAY, (comparing.OVERDUE,))
    wanted = standing_lists.overdue(TODAY)
    lines = standing_lists.page_of(one.connection, one.person, one.unit, wanted, 0, late.SHOWN)
    return [candidates.helpers_of(one.connection, line.case.id) for line in lines.lines]


def _goals(one: Reading) -> object:
    connection, unit = one.connection, one.unit
    return (
        standing.figures(connection, unit, YEAR, TODAY),
        standing.by_month(connection, unit, Period("year", 2025), YEAR),
        targets.targets_of(connection, unit, 2026, list(YEAR.parts("quarter"))),
        exits.by_kind(connection, unit, YEAR),
    )


def _introduced(one: Reading) -> object:
    noted = achievements.introduced(one.connection, one.unit, YEAR.first, YEAR.last)
    return noted, achievements.more_of(one.connection, one.unit.id, YEAR)


def _weak(one: Reading) -> object:
    connection, unit = one.connection, one.unit
    return (
        weak_units.barren(connection, unit, "admission_decided", 2, TODAY, most=0),
        weak_units.without_source(connection, unit, most=0),
        weak_units.hesitant(connection, unit, 12, TODAY, most=0),
        weak_units.without_members(connection, unit, most=0),
        weak_units.holders(connection, unit, list(grouping().positions)),
    )


def _positions(one: Reading) -> object:
    own = positions.of_unit(one.connection, one.unit.id)
    return own, positions.totals(one.connection, one.unit, add_months(TODAY, -12))


def _empty(one: Reading) -> object:
    found = places.listed(one.connection, one.unit, 0, 6)
    return found, places.count(one.connection, one.unit), places.count(one.connection, one.unit, solved=True)


def _holders(one: Reading) -> object:
    labels = list(grouping().positions)
    if one.whole:
        return holding.by_unit(one.connection, one.unit, labels, shares.coming(), committees=True)
    wanted = holding.holding(labels, shares.coming())
    return standing_lists.page_of(one.connection, one.person, one.unit, wanted, 0, PAGE)


def _leaders(one: Reading) -> object:
    if one.whole:
        return leading.by_committee(one.connection, one.unit)
    return leading.leaders(one.connection, one.person, one.unit, MONTH)


def _members(one: Reading) -> object:
    if one.whole:
        return new_members.by_unit(one.connection, one.unit, TODAY)
    return new_members.listed(one.connection, one.person, one.unit, TODAY)


def _term(one: Reading) -> object:
    months = standing.by_month(one.connection, one.unit, Period("year", 2025), YEAR)
    return months, terms.plan_of(one.connection, one.unit.id, 2025)


def _survey(one: Reading) -> object:
    connection, unit, steps = one.connection, one.unit, _SOURCES
    if unit.kind == "branch":
        return surveys.sources(connection, unit.id, steps, QUARTER)
    whole = surveyed.share(connection, unit, steps, QUARTER)
    if one.whole:
        found = surveyed.shares(connection, unit, steps, QUARTER)[: survey_sums.UNITS]
        return whole, [surveys.done_in(connection, row.unit, steps, QUARTER) for row in found]
    return whole, surveys.progress(connection, survey_sums.sight.within(unit.path), steps, QUARTER)


_SOURCES = (
    *("source", "assign_helper", "awareness_class", "procedure_approved", "application"),
    *("cv", "vetting", "opinions", "recommendation"),
)


def _waiting(one: Reading) -> object:
    found = difficulty_lists.page_of(one.connection, one.person, None, difficulties.WAITING, 0, 4)
    return found, difficulty_lists.waiting_kinds(one.connection, one.person)


def _not_there(one: Reading) -> object:
    return reports.states(one.connection, one.unit, "2026-11")


def _cases(wanted: Callable[[], Listing], below: str, period: Period = YEAR) -> Callable[[Reading], object]:
    """A page of a list of cases; for the province the numbers of its communes."""

    def read(one: Reading) -> object:
        if one.whole:
            return comparing.children(one.connection, one.unit, period, TODAY, (below,))
        return standing_lists.page_of(one.connection, one.person, one.unit, wanted(), 0, PAGE)

    return read


def _below(*wanted: str) -> Callable[[Reading], object]:
    return lambda one: comparing.children(one.connection, one.unit, YEAR, TODAY, wanted)


def _at_stage(one: Reading) -> object:
    if one.whole:
        return standing.children(one.connection, one.unit, YEAR, TODAY)
    wanted = standing_lists.at_steps(grouping().stages["source"][1])
    return standing_lists.page_of(one.connection, one.person, one.unit, wanted, 0, PAGE)


def _lacking(one: Reading) -> object:
    if one.whole:
        return comparing.children(one.connection, one.unit, YEAR, TODAY, (comparing.LACKING,))
    return standing.branches_without(one.connection, one.unit, "admission_decided", 2026, 0, PAGE)


NUMBERS: Mapping[str, Callable[[Reading], object]] = {
    "tinhhinh": _status,
    "quahan": _late,
    "chitieu": _goals,
    "chitieudonvi": _below(comparing.ADMITTED, comparing.SOURCES),
    "chitieudoanthe": _introduced,
    "xephang": _below(*comparing.RANKED),
    "noicangiup": _weak,
    "coccau": lambda one: composing.admitted(one.connection, one.unit, YEAR, "admission_decided"),
    "coccau nguon": lambda one: composing.sources(one.connection, one.unit, shares.coming(), TODAY),
    "vitri": _positions,
    "diaban": lambda one: marks.sorts(one.connection, one.unit, "admission_decided", 2026, list(catalogue().marks)),
    "diabantrang": _empty,
    "giuvai": _holders,
    "capuy": _leaders,
    "dangvienmoi": _members,
    "luotgiup": lambda one: helping.visits(one.connection, [one.unit.path], YEAR, 0, 4),
    "nhiemky": _term,
    "khaosat": _survey,
    "khaosat nam": lambda one: surveyed.by_quarter(one.connection, one.unit, list(YEAR.parts("quarter"))),
    "vuongmac": _waiting,
    "chuanop": _not_there,
    "danhsach admitted": _cases(lambda: standing_lists.event(YEAR, "admission_decided"), comparing.ADMITTED),
    "danhsach sources": _cases(lambda: standing_lists.sources(YEAR), comparing.SOURCES),
    "danhsach silent": _cases(lambda: standing_lists.silent(TODAY), comparing.SILENT),
    "danhsach stages": lambda one: standing.figures(one.connection, one.unit, YEAR, TODAY),
    "danhsach source": _at_stage,
    "danhsach contacts": _cases(lambda: standing_lists.contacted(MONTH), comparing.CONTACTS, MONTH),
    "danhsach none": _lacking,
    "danhsach units": _below(comparing.ADMITTED, comparing.SOURCES, comparing.OVERDUE, comparing.SILENT),
}
