"""Questions about somebody: a case code or a candidate's name opens the card, for those who may see the case."""

import re
from collections.abc import Sequence

from bot.chat import Choice, Reply
from bot.vietnamese.fold import fold
from bot.vietnamese.mentions import find_mentions
from bot.vietnamese.sentence import compounds, read
from handlers.commands import ROUTES, Context
from handlers.dossiers import shown_name
from storage import candidates, questions
from storage.candidates import Case

CODE = re.compile(r"\bQC[\s\-_.]*\d{1,9}\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
SHOWN = 6


def case_asked_for(context: Context, text: str, *, loosely: bool = False) -> Reply | None:
    """The card of the case that a question is about; None for a stranger's as for one that does not exist.

    `loosely`: a given name alone counts too. It may be a common word, so this is for what nothing else answers.
    """
    if context.person is None:
        return None
    code = CODE.search(text)
    if code:
        return ROUTES["hoso"].handler(context, candidates.plain_code(code.group()))
    if not loosely and not _names_somebody(context, text):
        return None
    known = candidates.listed(context.connection, context.me)
    found = _named_alone(text, known) if loosely else _named(text, known)
    if not found:
        return None
    if len(found) == 1:
        return ROUTES["hoso"].handler(context, found[0].code)
    return _which(context, found)


def _names_somebody(context: Context, text: str) -> bool:
    """Whether anybody may be named, known or not: most questions name nobody, and a list in sight may be long."""
    return bool(find_mentions(read(text), ())) or questions.names_somebody(context.connection, text)


def _named(text: str, known: Sequence[Case]) -> list[Case]:
    """Whom a title and a name, or a full name, can mean."""
    names = {name for mention in find_mentions(read(text), [case.name for case in known]) for name in mention.fits}
    return [case for case in known if case.name in names]


def _named_alone(text: str, known: Sequence[Case]) -> list[Case]:
    """Whom a given name can mean that opens the question or is written with a capital letter.

    A word of an everyday phrase ("chi bo …") that only opens the question is no name.
    """
    words, first = _WORD.findall(text), 1 if 0 in compounds(read(text)) else 0
    said = {
        fold(word)
        for at, word in enumerate(words)
        if at >= first and (at == 0 or (word[0].isupper() and not word.isupper()))
    }
    return [case for case in known if fold(case.name.split()[-1]) in said]


def _which(context: Context, found: Sequence[Case]) -> Reply:
    rows = [
        [Choice("person", f"/hoso {case.code}", {"name": shown_name(context, case), "year": case.birth_year})]
        for case in found[:SHOWN]
    ]
    return Reply("questions.which_case", {"count": len(found)}, rows)
