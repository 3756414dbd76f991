"""All data files together, as one entry."""

from collections.abc import Mapping

from bot.rules.entries import DeadlineEntry, Document, Entry, Mark, Requirement, Step
from bot.rules.lists import (
    BallotEntries,
    Discipline,
    EducationLevel,
    Exit,
    Form,
    HolidayTable,
    LeftReason,
    Local,
    Papers,
    Transfer,
    UsualLength,
    Wording,
)
from bot.rules.reminder_entries import Cap, ReminderKind


class Entries(Entry):
    """All data files together."""

    marks: Mapping[str, Mark]
    documents: Mapping[str, Document]
    deadlines: Mapping[str, DeadlineEntry]
    roles: Mapping[str, str]
    events: Mapping[str, str]
    steps: Mapping[str, Step]
    education_levels: Mapping[str, EducationLevel]
    requirements: Mapping[str, Requirement]
    remade_papers: Papers
    ballots: BallotEntries
    holidays: HolidayTable
    forms: Mapping[str, Form]
    dossiers: Mapping[str, Papers]
    exits: Mapping[str, Exit]
    absences: Mapping[str, str]
    back_reasons: Mapping[str, str]
    discipline: Mapping[str, Discipline]
    left_reasons: Mapping[str, LeftReason]
    transfers: Mapping[str, Transfer]
    local: Mapping[str, Local]
    profiles: Mapping[str, str]
    pace: Mapping[str, UsualLength]
    # Rulebooks from before there were reminders are still read.
    reminders: Mapping[str, ReminderKind] = {}
    a_day: Cap = Cap(messages=4, shown=4, digest_hour=7)
    wording: Wording
