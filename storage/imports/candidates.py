"""The candidates of a workbook: listed, changed, handed over; a step is taken in only when it is news."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.reports.lines import Birth, CandidateLine, Problem, Workbook
from bot.vietnamese.fold import fold, initials
from storage import dues, history, tallies
from storage.candidates import plain_code
from storage.history import Line
from storage.imports.known import Known, KnownCandidate, KnownPerson
from storage.imports.matching import Named, match
from storage.imports.people import Member, Members
from storage.imports.units import Places
from storage.tables import assignments, candidate_groups, candidates

FIRST_STEP = "source"
YOUNGEST = 14
OLDEST = 100
Helper = Member | KnownPerson


@dataclass(slots=True)
class Listing:
    """One line as it will be taken in. `values` are the columns to write; `helper` takes the place of all others."""

    named: Named
    helper: Helper | None = None
    values: dict[str, Any] = field(default_factory=dict)
    groups: frozenset[str] | None = None

    @property
    def outcome(self) -> str:
        """What taking in this line does: created, updated or unchanged."""
        if self.named.known is None:
            return "created"
        return "updated" if self.values or self.groups is not None or self.helper else "unchanged"


@dataclass(slots=True)
class Listings:
    """The whole sheet, and what is wrong with it."""

    listings: list[Listing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def plan(known: Known, book: Workbook, places: Places, members: Members, steps: Sequence[str], today: date) -> Listings:
    """Who is new, who changes how; `steps` in the order in which a case takes them."""
    matching = match(known, book.candidates, places)
    planned = Listings(problems=matching.problems)
    for named in matching.named:
        planned.problems += _impossible_days(named.line, today)
        listing = Listing(named)
        helper = members.helper(named.line.helper, named.line.row) if named.line.helper else None
        if named.known is None:
            listing.values, listing.helper = _new(named, today), helper
            listing.groups = frozenset(named.line.groups)
        elif named.known.state != "closed":  # what is closed stays as it is
            _change(listing, named.known, steps, planned.problems)
            listing.helper = None if _helps(helper, named.known) else helper
        planned.listings.append(listing)
    return planned


def _impossible_days(line: CandidateLine, today: date) -> Iterator[Problem]:
    def problem(kind: str, column: str, /, **values: Any) -> Problem:
        return Problem(kind, "candidates", line.row, column, values)

    if line.step_on and line.step_on > today:
        yield problem("ahead", "step_on", on=line.step_on)
    if line.born is None:
        return
    if line.born.on and line.born.on > today:
        yield problem("ahead", "born", on=line.born.on)
    elif today.year - line.born.year < YOUNGEST:
        yield problem("too_young", "born", year=line.born.year, least=YOUNGEST)
    elif today.year - line.born.year > OLDEST:
        yield problem("too_old", "born", year=line.born.year, most=OLDEST)
    if line.step_on and line.step_on < (line.born.on or date(line.born.year, 1, 1)):
        yield problem("before_birth", "step_on", on=line.step_on)


def _new(named: Named, today: date) -> dict[str, Any]:
    line = named.line
    on = line.step_on or today
    return {
        **_facts(named),
        "name": line.name,
        "folded": named.folded,
        "state": "open",
        "step": line.step or FIRST_STEP,
        "step_on": on,
        "listed_on": on,
    }


def _facts(named: Named) -> dict[str, Any]:
    line, born = named.line, named.line.born or Birth(0)
    return {
        "born_on": born.on,
        "born_year": born.year or None,
        "sex": line.sex,
        "phone": named.phone,
        "education": line.education,
        "introduced_by": line.introduced_by,
    }


def _change(listing: Listing, known: KnownCandidate, steps: Sequence[str], problems: list[Problem]) -> None:
    named, line = listing.named, listing.named.line
    said = {name: value for name, value in _facts(named).items() if value is not None}
    if line.born and line.born.year == known.year:
        del said["born_year"]
    elif line.born:
        said["born_on"] = line.born.on
    # Whoever may not read a name has its initials in an exported workbook: these say nothing.
    said["name"] = known.name if line.name == initials(known.name) else line.name
    listing.values = {name: value for name, value in said.items() if value != getattr(known, name)}
    if "name" in listing.values:
        listing.values["folded"] = fold(line.name)
    if named.place.unit is None or named.place.unit.id != known.unit_id:
        listing.values["unit_id"] = None  # the id is known once new units are written
    listing.values |= _step(known, line, steps, problems)
    groups = frozenset(line.groups)
    listing.groups = groups if groups and groups != known.groups else None


def _step(known: KnownCandidate, line: CandidateLine, steps: Sequence[str], problems: list[Problem]) -> dict[str, Any]:
    """What chats have recorded since the file was made stays: only a later day, or a later step, is news."""
    if line.step is None or (line.step == known.step and line.step_on in (None, known.step_on)):
        return {}
    later = steps.index(line.step) > (steps.index(known.step) if known.step in steps else -1)
    if line.step_on is None:
        if later:
            values = {"code": known.code, "step": known.step}
            problems.append(Problem("step_needs_date", "candidates", line.row, "step_on", values))
        return {}
    if line.step_on > known.step_on or (line.step_on == known.step_on and later):
        return {"step": line.step, "step_on": line.step_on}
    return {}


def _helps(helper: Helper | None, known: KnownCandidate) -> bool:
    person = helper if isinstance(helper, KnownPerson) or helper is None else helper.known
    return person is not None and person.id in known.helpers


def apply(
    connection: Connection, at: datetime, actor: int | None, places: Places, members: Members, planned: Listings
) -> None:
    """Writes candidates, groups and helpers, with a line in the history for each change."""
    new = [listing for listing in planned.listings if listing.named.known is None]
    changed = [listing for listing in planned.listings if listing.outcome == "updated"]
    ids = _insert(connection, places, new)
    begun = [ids[listing.values["code"]] for listing in new]
    with tallies.following(connection, [one.named.known.id for one in changed if one.named.known]):
        _write(connection, at, actor, places, members, new, changed, ids)
    tallies.begun(connection, begun)


def _write(
    connection: Connection,
    at: datetime,
    actor: int | None,
    places: Places,
    members: Members,
    new: Sequence[Listing],
    changed: Sequence[Listing],
    ids: Mapping[str, int],
) -> None:
    lines: list[Line] = []
    helped: list[dict[str, Any]] = []
    for listing in (*new, *changed):
        candidate = listing.named.known.id if listing.named.known else ids[listing.values["code"]]
        unit = places.ids[listing.named.place.key]
        if listing.named.known:
            lines += _update(connection, at, listing, listing.named.known, unit)
        else:
            told = ("code", "state", "step", "unit_id")
            after = {name: listing.values[name] for name in told}
            lines.append(Line("candidate.add", f"candidate:{candidate}", unit, None, after))
        if listing.helper:
            person = members.id_of(listing.helper)
            helped.append({"candidate_id": candidate, "person_id": person, "since": at.date(), "assigned_by": actor})
            after = {"person_id": person}
            lines.append(Line("candidate.assign", f"candidate:{candidate}", unit, None, after))
    if helped:
        connection.execute(insert(assignments), helped)
    history.record_all(connection, at, actor, lines)
    _follow(connection, at, ids, new, changed)


def _follow(
    connection: Connection, at: datetime, ids: Mapping[str, int], new: Sequence[Listing], changed: Sequence[Listing]
) -> None:
    """What is known of a case that comes with its step and the day of it, and all deadlines that follow."""
    begun = [(ids[one.values["code"]], one.values["step"], one.values["step_on"]) for one in new]
    moved = [(one, one.named.known) for one in changed if one.named.known]
    begun += [(known.id, one.values["step"], one.values["step_on"]) for one, known in moved if "step" in one.values]
    dues.begin(connection, at, begun)
    dues.rework(connection, at, [known.id for one, known in moved if "step" not in one.values])


def _insert(connection: Connection, places: Places, new: Sequence[Listing]) -> dict[str, int]:
    """Writes the new candidates; the ids by code."""
    taken = {row.code: row.id for row in connection.execute(select(candidates.c.code, candidates.c.id))}
    given = {plain_code(listing.named.line.code) for listing in new if listing.named.line.code}
    number = max(taken.values(), default=0)
    for listing in new:
        code = listing.named.line.code and plain_code(listing.named.line.code)
        while not code:
            number += 1
            code = None if f"QC-{number:04d}" in taken or f"QC-{number:04d}" in given else f"QC-{number:04d}"
        listing.values |= {"code": code, "unit_id": places.ids[listing.named.place.key]}
    if not new:
        return {}
    connection.execute(insert(candidates), [listing.values for listing in new])
    ids = {row.code: row.id for row in connection.execute(select(candidates.c.code, candidates.c.id))}
    labels = [
        {"candidate_id": ids[listing.values["code"]], "label": label}
        for listing in new
        for label in sorted(listing.groups or ())
    ]
    if labels:
        connection.execute(insert(candidate_groups), labels)
    return ids


def _update(connection: Connection, at: datetime, listing: Listing, known: KnownCandidate, unit: int) -> Iterator[Line]:
    """Writes what differs in one known candidate."""
    subject = f"candidate:{known.id}"
    values = listing.values | ({"unit_id": unit} if "unit_id" in listing.values else {})
    after: dict[str, Any] = {name: value for name, value in values.items() if name != "folded"}
    before: dict[str, Any] = {name: getattr(known, name) for name in after}
    if listing.groups is not None:
        before["groups"], after["groups"] = sorted(known.groups), sorted(listing.groups)
        connection.execute(delete(candidate_groups).where(candidate_groups.c.candidate_id == known.id))
        labels = [{"candidate_id": known.id, "label": label} for label in sorted(listing.groups)]
        connection.execute(insert(candidate_groups), labels)
    if after:
        changed = update(candidates).where(candidates.c.id == known.id)
        connection.execute(changed.values(**values, version=known.version + 1))
        if unit != known.unit_id and "unit_id" in values:
            tallies.rehang(connection, known.id, known.unit_id, unit)
        yield Line("candidate.change", subject, unit, before, after)
    if listing.helper:
        held = (assignments.c.candidate_id == known.id, assignments.c.until.is_(None))
        connection.execute(update(assignments).where(*held).values(until=at.date()))
        for person in known.helpers:
            yield Line("candidate.release", subject, unit, {"person_id": person}, None)
