"""Which known candidate a line means: by its code, else by name with birth and branch, or name with phone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.reports.lines import CandidateLine, Problem
from bot.vietnamese.fold import fold
from storage.candidates import plain_code
from storage.imports.known import Known, KnownCandidate
from storage.imports.units import Place, Places
from storage.people import plain_phone


@dataclass(slots=True)
class Named:
    """A line with the branch it names and, once found, the candidate it means."""

    line: CandidateLine
    place: Place
    known: KnownCandidate | None = None

    @property
    def folded(self) -> str:
        """The name without diacritics."""
        return fold(self.line.name)

    @property
    def phone(self) -> str | None:
        """The number as it is kept."""
        return plain_phone(self.line.phone) if self.line.phone else None


@dataclass(slots=True)
class Matching:
    """The lines of the sheet, each with its candidate or none, and what cannot be told apart."""

    named: list[Named] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, kind: str, line: CandidateLine, column: str, /, **values: object) -> None:
        """Notes a problem of one cell."""
        self.problems.append(Problem(kind, "candidates", line.row, column, values))


def match(known: Known, lines: Iterable[CandidateLine], places: Places) -> Matching:
    """Codes first, then what is exactly alike, then what is alike as far as both sides know."""
    matching = Matching()
    for line in lines:
        place = places.find(line.unit, "candidates", line.row, "unit")
        if place and place.committee:
            matching.problem("not_a_branch", line, "unit", code=line.unit, kind=place.kind)
        elif place:
            matching.named.append(Named(line, place))
    _tell_apart(matching)
    claimed = _by_code(known, matching, places)
    waiting = [named for named in matching.named if named.line.code is None]
    _by_likeness(known, matching, places, waiting, claimed)
    return matching


def _tell_apart(matching: Matching) -> None:
    """Two lines of one code, or without codes of one human being, are a mistake."""
    codes: dict[str, int] = {}
    persons: dict[tuple[object, ...], int] = {}
    for named in matching.named:
        line = named.line
        if line.code:
            code = plain_code(line.code)
            if code in codes:
                matching.problem("code_twice", line, "code", code=line.code, row=codes[code])
            codes.setdefault(code, line.row)
            continue
        for what, key in _marks(named):
            if key in persons:
                matching.problem("same_candidate", line, "name", what=what, row=persons[key])
                break
            persons[key] = line.row


def _marks(named: Named) -> list[tuple[str, tuple[object, ...]]]:
    """What makes a human being in one workbook: the name with the phone, the day of birth, or year and branch."""
    born = named.line.born
    marks: list[tuple[str, tuple[object, ...]]] = []
    if named.phone:
        marks.append(("phone", (named.folded, named.phone)))
    if born and born.on:
        marks.append(("birth", (named.folded, born.on)))
    elif not named.phone:
        marks.append(("year" if born else "unit", (named.folded, born.year if born else None, named.place.key)))
    return marks


def _by_code(known: Known, matching: Matching, places: Places) -> dict[int, int]:
    """Gives lines with codes their candidates; who is claimed by which row."""
    codes = {candidate.code: candidate for candidate in known.candidates.values()}
    claimed: dict[int, int] = {}
    for named in matching.named:
        line = named.line
        named.known = codes.get(plain_code(line.code)) if line.code else None
        if named.known is None:
            continue
        claimed[named.known.id] = line.row
        if not _reached(known, places, named.known):
            matching.problem("out_of_reach", line, "code", code=line.code)
        elif _somebody_else(named, named.known):
            matching.problem("same_code_other_name", line, "code", code=named.known.code)
    return claimed


def _reached(known: Known, places: Places, candidate: KnownCandidate) -> bool:
    return known.reaches(places.known.units[candidate.unit_id])


def _somebody_else(named: Named, candidate: KnownCandidate) -> bool:
    """No part of the name and not the year of birth agree: the code is most likely another's."""
    born = named.line.born
    years = born is not None and candidate.year is not None and born.year != candidate.year
    return years and not set(named.folded.split()) & set(candidate.folded.split())


def _by_likeness(
    known: Known, matching: Matching, places: Places, waiting: Sequence[Named], claimed: dict[int, int]
) -> None:
    alike: dict[str, list[KnownCandidate]] = defaultdict(list)
    for candidate in known.candidates.values():
        if _reached(known, places, candidate):
            alike[candidate.folded].append(candidate)
    unclear: set[int] = set()
    for exactly in (True, False):
        for named in waiting:
            if named.known is not None or named.line.row in unclear:
                continue
            found = [c for c in alike[named.folded] if c.id not in claimed and _same(named, c, exactly)]
            if len(found) > 1:
                codes = ", ".join(candidate.code for candidate in found)
                matching.problem("several_candidates", named.line, "name", codes=codes)
                unclear.add(named.line.row)
            elif found:
                named.known = found[0]
                claimed[found[0].id] = named.line.row
    for named in waiting:
        if named.known is None and named.line.row not in unclear:
            _elsewhere(matching, named, [c for c in alike[named.folded] if c.id not in claimed])


def _same(named: Named, candidate: KnownCandidate, exactly: bool) -> bool:
    """Alike in every known fact, or, where one side knows less, in what both know; what is closed only exactly."""
    if named.phone and named.phone == candidate.phone:
        return True
    if named.place.unit is None or named.place.unit.id != candidate.unit_id:
        return False
    born = named.line.born
    if exactly:
        if born is None or candidate.year is None:
            return born is None and candidate.year is None
        return born.year == candidate.year and born.on in (None, candidate.born_on)
    if candidate.state == "closed":
        return False
    if born is None or candidate.year is None:
        return True
    return born.year == candidate.year and (born.on is None or candidate.born_on in (None, born.on))


def _elsewhere(matching: Matching, named: Named, others: Iterable[KnownCandidate]) -> None:
    """Somebody of that name born on that day has a case in another branch: perhaps moved, perhaps not."""
    born = named.line.born
    for candidate in others:
        if born and born.on and candidate.born_on == born.on and candidate.state != "closed":
            matching.problem("candidate_elsewhere", named.line, "code", code=candidate.code)
            return
