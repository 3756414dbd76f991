"""Names: which known people a typed name, part of a name or initials can mean."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.vietnamese.spelling import is_marked, plain, same_spelling, spelling

__all__ = ["name_words", "same_spelling", "search_names"]

_BETWEEN_WORDS = str.maketrans(dict.fromkeys(".,-_/;\u00b7", " "))


@dataclass(frozen=True, slots=True)
class _Key:
    """A name as compared: its words with their marks and without them."""

    name: str
    spelled: tuple[str, ...]
    plain: tuple[str, ...]


Words = tuple[str, ...]
Forms = Callable[[_Key], Words]


def name_words(name: str) -> list[str]:
    """The words of a name or query as typed; points, commas and hyphens part them, apostrophes do not."""
    return name.translate(_BETWEEN_WORDS).split()


def search_names(query: str, known: Sequence[str]) -> list[str]:
    """The known names that the query can mean, best first; looser readings only where the stricter give none.

    First whole words in any order, then initials, then one slip in the whole name. Marks that were typed must agree
    wherever some name agrees in them.
    """
    asked = _key(query)
    keys = _keys(tuple(known))
    if not any(asked.plain):
        return []
    marked = any(is_marked(w) for w in name_words(query))
    for step in (_has_words, _has_initials, _is_one_slip_away):
        for forms in (_spelled, _plain) if marked else (_plain,):
            words = forms(asked)
            hits = [key for key in keys if step(words, forms(key))]
            if hits:
                return [key.name for key in sorted(hits, key=lambda key: _rank(words, forms(key)))]
    return []


def _spelled(key: _Key) -> Words:
    return key.spelled


def _plain(key: _Key) -> Words:
    return key.plain


@lru_cache(maxsize=65536)
def _key(name: str) -> _Key:
    words = [w for w in name_words(name) if spelling(w)]
    return _Key(name, tuple(spelling(w) for w in words), tuple(plain(w) for w in words))


@lru_cache(maxsize=64)
def _keys(known: tuple[str, ...]) -> list[_Key]:
    return [_key(name) for name in known]


def _rank(asked: Words, words: Words) -> tuple[bool, bool]:
    """Smaller is better: the given name was typed, then the words stand in the name's order."""
    rest: Iterator[str] = iter(words)
    return (words[-1] not in asked, not all(word in rest for word in asked))


def _has_words(asked: Words, words: Words) -> bool:
    """Whether every word asked for is a whole word of the name, twice where it is asked for twice."""
    if not all(word in words for word in asked):
        return False
    return len(set(asked)) == len(asked) or Counter(asked) <= Counter(words)


def _has_initials(asked: Words, words: Words) -> bool:
    """Whether the query gives one initial a word, in order; beside initials a word may be written out."""
    if len(asked) == 1:
        return len(words) > 1 and len(asked[0]) == len(words) and _are_initials(asked[0], words)
    return _covers(asked, words)


def _covers(asked: Words, words: Words) -> bool:
    """Whether the typed words, each a word in full or a run of initials, use up the name."""
    if not asked or not words:
        return not asked and not words
    first, rest = asked[0], asked[1:]
    if first == words[0] and _covers(rest, words[1:]):
        return True
    size = len(first)
    return size <= len(words) and _are_initials(first, words[:size]) and _covers(rest, words[size:])


def _are_initials(letters: str, words: Words) -> bool:
    return all(word[:1] == letter for letter, word in zip(letters, words, strict=True))


def _is_one_slip_away(asked: Words, words: Words) -> bool:
    """Whether one letter or blank was added, lost or changed in the whole name, or all its blanks were left out."""
    typed, name = " ".join(asked), " ".join(words)
    if abs(len(typed) - len(name)) > 1:
        return len(asked) == 1 and typed == "".join(words)
    same = next((i for i, (a, b) in enumerate(zip(typed, name, strict=False)) if a != b), min(len(typed), len(name)))
    longer, shorter = (typed, name) if len(typed) >= len(name) else (name, typed)
    return longer[same + 1 :] == shorter[same + (len(longer) == len(shorter)) :]
