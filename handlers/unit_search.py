"""Which of some units people mean by what they type: the one place that says so, for every command."""

import re
from collections.abc import Iterator, Sequence

from bot.vietnamese.fold import fold
from storage.units import Unit

_PIECES = re.compile(r"[^\W\d_]+|\d+")


def matching(known: Sequence[Unit], query: str) -> list[Unit]:
    """The units that fit best, in their order; several where the words leave it open, none where nothing fits.

    The whole code; the whole name; how a code begins ("tdp") or a name is shortened ("tdp 2", "cb to dan pho 2");
    all the words somewhere in the name; a part of the name. Capitals, diacritics and blanks in codes do not count.
    """
    wanted = fold(query)
    if not wanted:
        return []
    return next((found for found in _tries(known, wanted) if found), [])


def _tries(known: Sequence[Unit], wanted: str) -> Iterator[list[Unit]]:
    code, pieces = _squeezed(wanted), _PIECES.findall(wanted)
    yield [unit for unit in known if fold(unit.code) == wanted]
    yield [unit for unit in known if fold(unit.name) == wanted]
    yield [unit for unit in known if code and _squeezed(fold(unit.code)) == code]
    yield [unit for unit in known if _begins(unit, code) or _shortened(_PIECES.findall(fold(unit.name)), pieces)]
    yield [unit for unit in known if set(wanted.split()) <= set(fold(unit.name).split())]
    yield [unit for unit in known if wanted in fold(unit.name)]


def _squeezed(folded: str) -> str:
    return "".join(_PIECES.findall(folded))


def _begins(unit: Unit, code: str) -> bool:
    return bool(code) and _squeezed(fold(unit.code)).startswith(code)


def _shortened(name: Sequence[str], pieces: Sequence[str]) -> bool:
    """Whether the pieces stand one after another in the name, as words or as the first letters of several words."""
    return bool(pieces) and any(_from(name[at:], pieces) for at in range(len(name)))


def _from(name: Sequence[str], pieces: Sequence[str]) -> bool:
    if not pieces:
        return True
    piece = pieces[0]
    if name and name[0] == piece:
        return _from(name[1:], pieces[1:])
    run = name[: len(piece)]
    short = len(piece) > 1 and len(run) == len(piece) and "".join(word[0] for word in run) == piece
    return short and _from(name[len(piece) :], pieces[1:])
