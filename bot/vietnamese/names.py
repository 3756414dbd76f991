"""Names: which known people a typed name, part of a name or initials can mean."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.vietnamese.spelling import is_marked, plain, same_spelling, spelling

__all__ = ["name_words", "same_spelling", "search_names"]

_BETWEEN_WORDS = str.maketrans(dict.fromkeys(".,-_/;\u00b7", " "))


@dataclass(frozen=True, slots=True)
class _Form:
    """The words of a name, all with their marks or all without; `initials` and `whole` are made once for speed."""

    words: tuple[str, ...]
    initials: str
    whole: str


@dataclass(frozen=True, slots=True)
class _Key:
    """A name as compared."""

    name: str
    spelled: _Form
    plain: _Form


def name_words(name: str) -> list[str]:
    """The words of a name or query as typed; points, commas and hyphens part them, apostrophes do not."""
    return name.translate(_BETWEEN_WORDS).split()


def search_names(query: str, known: Sequence[str]) -> list[str]:
    """The known names that the query can mean, best first; looser readings only where the stricter give none.

    First whole words in any order, then initials, then one slip in the whole name. Marks that were typed must agree
    wherever some name agrees in them.
    """
    asked = _key(query)
    if not asked.plain.words:
        return []
    keys = _keys(tuple(known))
    with_marks = (True, False) if any(is_marked(word) for word in name_words(query)) else (False,)
    for step in (_has_words, _has_initials, _is_one_slip_away):
        for marked in with_marks:
            typed = asked.spelled if marked else asked.plain
            forms = ((key, key.spelled if marked else key.plain) for key in keys)
            hits = [(_rank(typed, form), key.name) for key, form in forms if step(typed, form)]
            if hits:
                return [name for _, name in sorted(hits, key=lambda hit: hit[0])]
    return []


@lru_cache(maxsize=65536)
def _key(name: str) -> _Key:
    words = [word for word in name_words(name) if spelling(word)]
    return _Key(name, _form([spelling(word) for word in words]), _form([plain(word) for word in words]))


def _form(words: list[str]) -> _Form:
    return _Form(tuple(words), "".join(word[:1] for word in words), " ".join(words))


@lru_cache(maxsize=64)
def _keys(known: tuple[str, ...]) -> list[_Key]:
    return [key for key in map(_key, known) if key.plain.words]


def _rank(asked: _Form, form: _Form) -> tuple[bool, bool]:
    """Smaller is better: the given name was typed, then the words stand in the name's order."""
    rest: Iterator[str] = iter(form.words)
    return (form.words[-1] not in asked.words, not all(word in rest for word in asked.words))


def _has_words(asked: _Form, form: _Form) -> bool:
    """Whether every word asked for is a whole word of the name, twice where it is asked for twice."""
    words = form.words
    for word in asked.words:
        if word not in words:
            return False
    return len(asked.words) == 1 or Counter(asked.words) <= Counter(words)


def _has_initials(asked: _Form, form: _Form) -> bool:
    """Whether the query gives one initial a word, in order; beside initials a word may be written out."""
    if asked.initials[:1] != form.initials[:1]:
        return False
    if len(asked.words) == 1:
        return len(form.words) > 1 and asked.whole == form.initials
    return _covers(asked.words, form.words, form.initials)


def _covers(asked: tuple[str, ...], words: tuple[str, ...], initials: str) -> bool:
    """Whether the typed words, each a word in full or a run of initials, use up the name."""
    if not asked or not words:
        return not asked and not words
    first, rest, size = asked[0], asked[1:], len(asked[0])
    if first == words[0] and _covers(rest, words[1:], initials[1:]):
        return True
    return initials.startswith(first) and _covers(rest, words[size:], initials[size:])


def _is_one_slip_away(asked: _Form, form: _Form) -> bool:
    """Whether one letter or blank was added, lost or changed in the whole name, or all its blanks were left out."""
    typed, name = asked.whole, form.whole
    if typed[0] != name[0] and typed[-1] != name[-1]:
        return False
    if abs(len(typed) - len(name)) > 1:
        return len(asked.words) == 1 and typed == "".join(form.words)
    same = next((i for i, (a, b) in enumerate(zip(typed, name, strict=False)) if a != b), min(len(typed), len(name)))
    longer, shorter = (typed, name) if len(typed) >= len(name) else (name, typed)
    return longer[same + 1 :] == shorter[same + (len(longer) == len(shorter)) :]
