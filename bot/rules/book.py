"""The rulebook: read from data files with sources and dates in force, checked, kept, and asked for as of a day."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.rules.clocks import Clock, Rule
from bot.rules.entries import Cited, DeadlineEntry, Document
from bot.rules.everything import Entries
from bot.rules.soundness import faults

DATA = Path(__file__).parent / "data"
_APPENDED = ("swaps", "yearly")


class BookError(ValueError):
    """The data files do not make a sound rulebook; the text says where."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a citation can be relied on: the mark and its words.

    `replaced`: the document is no longer in force. `confirmed_by`: one in force that is known to say the same; the mark
    is then how well that is known.
    """

    mark: str
    label: str
    replaced: bool = False
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Stale:
    """An entry that cites a replaced document. `confirmed_by`: one in force that is known to say the same, or None."""

    where: str
    document: str
    replaced_by: str | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """All rules. `running`: step -> the deadlines that can run in it. `digest` tells two rulebooks apart."""

    entries: Entries
    rules: Mapping[str, Rule]
    running: Mapping[str, tuple[Rule, ...]]
    digest: str

    def clock(self, rule: str, on: date) -> Clock | None:
        """The version of a deadline that governs what began on that day; None: no such rule, or not yet."""
        found = self.rules.get(rule)
        return found.at(on) if found else None

    def document(self, slug: str) -> Document:
        """A document by its slug."""
        return self.entries.documents[slug]

    def find_document(self, number: str, issued_on: date) -> Document | None:
        """A document by its number AND date: there are three different 01-HD/TW."""
        documents = self.entries.documents.values()
        return next((found for found in documents if found.number == number and found.issued_on == issued_on), None)

    def successor(self, slug: str, on: date) -> str | None:
        """The document that has taken the place of this one by that day, through however many; None: nothing has."""
        following = {
            old: new for new, entry in self.entries.documents.items() for old in entry.replaces if entry.since <= on
        }
        found = following.get(slug)
        while found in following:
            found = following[found]
        return found

    def standing(self, source: Cited, on: date) -> Standing:
        """The mark as of that day: a full text of a document replaced since is only the earlier version's word."""
        document = self.entries.documents[source.document] if source.document else None
        if document is None or document.until is None or on <= document.until:
            return Standing(source.mark, self.entries.marks[source.mark].label)
        confirmed_by, mark = self._confirming(source, on)
        label = self.entries.marks[mark or "superseded"].label.format(year=document.issued_on.year)
        return Standing(mark or "superseded", label, True, confirmed_by)

    def stale(self, on: date) -> list[Stale]:
        """Every entry in use on that day that cites a document no longer in force."""
        found = []
        for where, source in self._citations(on):
            document = self.entries.documents[source.document] if source.document else None
            if document and document.until and on > document.until:
                confirmed = self._confirming(source, on)[0]
                found.append(Stale(where, source.document or "", self.successor(source.document or "", on), confirmed))
        return found

    def _confirming(self, source: Cited, on: date) -> tuple[str | None, str | None]:
        for also in source.also:
            if self.entries.documents[also.document].in_force(on):
                return also.document, also.mark
        return None, None

    def _citations(self, on: date) -> Iterator[tuple[str, Cited]]:
        for rule in self.rules.values():
            if clock := rule.at(on):
                yield f"deadlines.{rule.slug}", clock.source
        yield from ((f"requirements.{slug}", entry.at(on)) for slug, entry in self.entries.requirements.items())
        for section in ("steps", "dossiers", "transfers", "reminders"):
            yield from ((f"{section}.{slug}", entry) for slug, entry in getattr(self.entries, section).items())
        for slug, body in self.entries.ballots.bodies.items():
            yield f"ballots.{slug}", next(version for version in reversed(body.versions) if version.since <= on)
        yield "ballots.failed_recognitions", self.entries.ballots.failed_recognitions
        yield "remade_papers", self.entries.remade_papers


def load(changes: Path | None = None, folder: Path = DATA, laid_over: Iterable[bytes] = ()) -> Rulebook:
    """The rulebook from its data files; `changes` is one more such file, laid over them (a law not yet switched on).

    `laid_over`: texts of such files that were switched on before.
    """
    return load_texts(texts_of(folder, laid_over, changes))


def texts_of(folder: Path = DATA, laid_over: Iterable[bytes] = (), changes: Path | None = None) -> tuple[bytes, ...]:
    """The texts that make up a rulebook, in the order in which they are laid over one another."""
    shipped = (file.read_bytes() for file in sorted(folder.glob("*.yaml")))
    return (*shipped, *laid_over, *([changes.read_bytes()] if changes else []))


@lru_cache(maxsize=8)
def load_texts(texts: tuple[bytes, ...]) -> Rulebook:
    """The rulebook from the texts of its data files; BookError when they do not make a sound one."""
    raw: dict[str, Any] = {}
    for text in texts:
        raw = _laid_over(raw, _read(text))
    for order, (slug, step) in enumerate(raw.get("steps", {}).items()):
        step |= {"slug": slug, "order": order}
    try:
        entries = Entries.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise BookError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    if wrong := faults(entries):
        raise BookError("; ".join(wrong))
    return _bind(entries, hashlib.sha256(b"\0".join(texts)).hexdigest()[:16])


def _read(text: bytes) -> dict[str, Any]:
    try:
        found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506  (both are safe)
    except yaml.YAMLError as error:
        raise BookError(" ".join(str(error).split())) from None
    if not isinstance(found, dict):
        raise BookError("a data file must hold named sections")
    return found


def _laid_over(old: Any, new: Any, key: str = "") -> Any:
    """`new` over `old`: sections are joined, versions added (in place of one from the same day), the rest replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {name: _laid_over(old[name], value, name) if name in old else value for name, value in new.items()}
    if key == "versions":
        since = {str(version.get("from")): version for version in [*old, *new]}
        return [since[name] for name in sorted(since, key=lambda name: "" if name == "None" else name)]
    return [*old, *new] if key in _APPENDED else new


def _bind(entries: Entries, digest: str) -> Rulebook:
    rules: dict[str, Rule] = {}
    # A rule that others name as their extension is built first.
    for slug, entry in sorted(entries.deadlines.items(), key=lambda item: item[1].extended_by is not None):
        rules[slug] = _rule(slug, entry, rules)
    rules = {slug: rules[slug] for slug in entries.deadlines}
    stand_ins = {entry.extended_by for entry in entries.deadlines.values()}
    running = {
        step: tuple(
            rule
            for rule in rules.values()
            if step in rule.during and rule.slug not in stand_ins and entries.deadlines[rule.slug].per == "case"
        )
        for step in entries.steps
    }
    return Rulebook(entries, rules, running, digest)


def _rule(slug: str, entry: DeadlineEntry, built: Mapping[str, Rule]) -> Rule:
    clocks = tuple(
        Clock(
            f"{slug}@{version.since}",
            slug,
            version.since,
            version.start,
            version.after,
            version.amount,
            version.unit,
            version.local,
            entry.binds,
            entry.kind,
            version,
        )
        for version in entry.versions
    )
    starts = {version.start if version.after is None else "" for version in entry.versions}
    usual = starts.pop() if len(starts) == 1 and not entry.governed_by and not entry.profile else ""
    return Rule(
        slug,
        entry.name,
        entry.kind,
        entry.binds,
        entry.during,
        entry.ends,
        entry.governed_by,
        entry.profile,
        clocks,
        tuple(clock.since for clock in clocks),
        built[entry.extended_by] if entry.extended_by else None,
        usual or None,
    )
