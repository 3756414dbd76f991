"""The sentences with which a date explains itself; the words are data, only the filling in is here."""

import re
from datetime import date

from bot.rules.book import Rulebook, Standing
from bot.rules.deadlines import Explanation
from bot.rules.entries import Cited

# 4.3.1 and I.2.2 are introduced by a word; an article or chapter brings its own.
_NUMBERED = re.compile(r"[0-9IVX]+(\.|$)")


def day_text(day: date) -> str:
    """A day as people write it: 07/05/2026."""
    return f"{day:%d/%m/%Y}"


def issue_text(day: date) -> str:
    """A document's day as officials write it: 09/6/2025; of the months only January and February take a zero."""
    return f"{day:%d}/{day.month:02d}/{day.year}" if day.month < 3 else f"{day:%d}/{day.month}/{day.year}"


def name_document(slug: str, book: Rulebook) -> str:
    """A document by number and date together."""
    words, document = book.entries.wording, book.document(slug)
    text = words.cite_plain if document.number.startswith(document.short) else words.cite
    return text.format(short=document.short, number=document.number, date=issue_text(document.issued_on))


def cite(source: Cited, book: Rulebook) -> str:
    """Number, date and article together; empty where no document stands behind the entry."""
    if source.document is None:
        return ""
    words, said = book.entries.wording, name_document(source.document, book)
    if source.article is None:
        return said
    numbered = _NUMBERED.match(source.article)
    return said + (words.article if numbered else words.article_plain).format(article=source.article)


def assurance(standing: Standing, book: Rulebook) -> str:
    """How far a source can be relied on, in words; names the document in force that says the same."""
    if standing.confirmed_by is None:
        return standing.label
    document = name_document(standing.confirmed_by, book)
    return book.entries.wording.confirmed.format(document=document, mark=standing.label)


def reason(explanation: Explanation, book: Rulebook) -> str:
    """Why a date is what it is: start event, length, what was passed over, result, source, how sure."""
    parts = [_counting(explanation, book), _source(explanation, book)]
    words = book.entries.wording
    if explanation.clock.source.note:
        parts.append(words.note.format(note=explanation.clock.source.note))
    if explanation.undecreed:
        parts.append(words.provisional.format(years=", ".join(str(year) for year in explanation.undecreed)))
    return " ".join(parts)


def _counting(explanation: Explanation, book: Rulebook) -> str:
    clock = explanation.clock
    return _template(explanation, book).format(
        start_name=_capital(book.entries.events[clock.start]),
        start=day_text(explanation.start_on),
        binds=_capital(book.entries.roles[clock.binds]),
        amount=explanation.amount,
        due=day_text(explanation.due_on),
        skipped=_skipped(explanation, book),
        made_up=_made_up(explanation, book),
        clipped=book.entries.wording.clipped.format(day=explanation.start_on.day) if explanation.clipped else "",
    )


def _template(explanation: Explanation, book: Rulebook) -> str:
    words, clock = book.entries.wording, explanation.clock
    if explanation.amount == 0:
        return words.same_day
    reached = "_reached" if clock.kind in ("earliest", "milestone") and clock.unit != "working_days" else ""
    return str(getattr(words, clock.unit + reached))


def _skipped(explanation: Explanation, book: Rulebook) -> str:
    words = book.entries.wording
    days = [words.holiday.format(day=f"{day:%d/%m}", name=name) for day, name in explanation.skipped]
    return words.skipped.format(count=len(days), days=", ".join(days)) if days else ""


def _made_up(explanation: Explanation, book: Rulebook) -> str:
    days = ", ".join(f"{day:%d/%m}" for day in explanation.made_up)
    return book.entries.wording.made_up.format(days=days) if days else ""


def _source(explanation: Explanation, book: Rulebook) -> str:
    words, source = book.entries.wording, cite(explanation.clock.source, book)
    mark = assurance(explanation.standing, book)
    return words.source.format(source=source, mark=_capital(mark)) if source else words.source_local.format(mark=mark)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
