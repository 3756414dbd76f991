"""Whether the entries fit together: every name is known, and no document is cited before it was issued."""

from collections.abc import Collection, Iterator, Mapping

from bot.rules.entries import Cited
from bot.rules.everything import Entries
from bot.rules.reminder_entries import ReminderKind


def faults(entries: Entries) -> list[str]:
    """What does not fit, each as "place: what is wrong"; empty when the rulebook is sound."""
    return [
        *_unknown(entries),
        *_cited(entries),
        *_versions(entries),
        *_successions(entries),
        *_reminders(entries.reminders, entries.deadlines),
    ]


def _reminders(kinds: Mapping[str, ReminderKind], rules: Collection[str]) -> Iterator[str]:
    """Deadlines that two kinds remind of, or that do not exist."""
    seen: set[str] = set()
    for slug, kind in kinds.items():
        yield from _missing(f"reminders.{slug}", "deadline", kind.rules, rules)
        yield from (f"reminders.{slug}: {rule} has a kind already" for rule in kind.rules if rule in seen)
        seen |= set(kind.rules)


def _unknown(entries: Entries) -> Iterator[str]:
    steps, events, rules = entries.steps, entries.events, entries.deadlines
    for slug, rule in rules.items():
        place = f"deadlines.{slug}"
        yield from _missing(place, "step", rule.during, steps)
        yield from _missing(place, "event", [*rule.ends, *(version.start for version in rule.versions)], events)
        yield from _missing(place, "event", [rule.governed_by] if rule.governed_by else [], events)
        yield from _missing(place, "deadline", [version.after for version in rule.versions if version.after], rules)
        yield from _missing(place, "deadline", [rule.extended_by] if rule.extended_by else [], rules)
        yield from _missing(place, "role", [rule.binds], entries.roles)
        yield from _missing(place, "profile", [rule.profile] if rule.profile else [], entries.profiles)
        yield from _missing(
            place, "local setting", [version.local for version in rule.versions if version.local], entries.local
        )
    for slug, step in steps.items():
        place = f"steps.{slug}"
        yield from _missing(place, "step", [*(after.step for after in step.after), *step.during, *step.back.to], steps)
        yield from _missing(place, "event", step.events, events)
        yield from _missing(place, "event", step.implies, events)
        yield from _missing(place, "requirement", [*step.needs, *step.shows], entries.requirements)
        yield from _missing(place, "form", step.forms, entries.forms)
        yield from _missing(place, "role", [step.by], entries.roles)
        yield from _missing(place, "body", [step.ballot] if step.ballot else [], entries.ballots.bodies)
    for slug, requirement in entries.requirements.items():
        place = f"requirements.{slug}"
        yield from _missing(place, "deadline", [requirement.deadline] if requirement.deadline else [], rules)
        yield from _missing(place, "local setting", [requirement.setting] if requirement.setting else [], entries.local)
    for slug, transfer in entries.transfers.items():
        yield from _missing(f"transfers.{slug}", "step", transfer.during, steps)
        yield from _missing(f"transfers.{slug}", "deadline", [*transfer.rules, *transfer.stops], rules)
    for slug, reason in entries.left_reasons.items():
        yield from _missing(f"left_reasons.{slug}", "deadline", [reason.rule], rules)
    for slug, usual in entries.pace.items():
        yield from _missing(f"pace.{slug}", "step", [slug, *usual.to], steps)
        yield from _missing(f"pace.{slug}", "deadline", [usual.deadline] if usual.deadline else [], rules)
    for slug, dossier in entries.dossiers.items():
        yield from _missing(f"dossiers.{slug}", "form", dossier.papers, entries.forms)


def _missing(place: str, kind: str, names: Collection[str], known: Collection[str]) -> Iterator[str]:
    return (f"{place}: no {kind} called {name}" for name in names if name not in known)


def _cited(entries: Entries) -> Iterator[str]:
    for place, source in _sources(entries):
        marks = [source.mark, *(also.mark for also in source.also)]
        yield from _missing(place, "mark", marks, entries.marks)
        documents = [*([source.document] if source.document else []), *(also.document for also in source.also)]
        yield from _missing(place, "document", documents, entries.documents)


def _sources(entries: Entries) -> Iterator[tuple[str, Cited]]:
    for section in ("deadlines", "requirements"):
        for slug, entry in getattr(entries, section).items():
            yield from ((f"{section}.{slug}", version) for version in entry.versions)
    for section in ("steps", "transfers", "dossiers", "reminders"):
        yield from ((f"{section}.{slug}", entry) for slug, entry in getattr(entries, section).items())
    for slug, body in entries.ballots.bodies.items():
        yield from ((f"ballots.{slug}", version) for version in body.versions)
    yield "ballots.failed_recognitions", entries.ballots.failed_recognitions
    yield "remade_papers", entries.remade_papers
    yield from ((f"holidays.{entry.name}", entry) for entry in entries.holidays.yearly)


def _versions(entries: Entries) -> Iterator[str]:
    for slug, entry in entries.deadlines.items():
        days = [version.since for version in entry.versions]
        if days != sorted(set(days)):
            yield f"deadlines.{slug}: versions must stand in order, one a day"
        for version in entry.versions:
            document = entries.documents.get(version.document or "")
            if document and version.since.year > 1 and version.since < document.issued_on:
                yield f"deadlines.{slug}: {version.since} is before {document.number} was issued"


def _successions(entries: Entries) -> Iterator[str]:
    for slug, document in entries.documents.items():
        yield from _missing(f"documents.{slug}", "document", document.replaces, entries.documents)
        yield from _missing(f"documents.{slug}", "mark", [document.mark], entries.marks)
        for old in (entries.documents[name] for name in document.replaces if name in entries.documents):
            if old.until is None or old.until >= document.since:
                yield f"documents.{slug}: {old.number} is still in force on {document.since}"
