"""What one cell of a workbook says: codes that a sheet made into numbers, dates however written, words of a list."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from bot.reports.form import Column, plain
from bot.reports.lines import Birth
from bot.vietnamese.fold import clean

CODE_LENGTH = 32
NAME_LENGTH = 120
TEXT_LENGTH = 200
_CODE = re.compile(r"[\w.\-/ ]+")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+)?")
_YEAR = re.compile(r"(?:\d{1,2}[/.\-])?((?:19|20)\d\d)")
_PHONE_MARKS = re.compile(r"[\s.\-()]")
_PHONE = re.compile(r"0\d{9,10}|\+\d{8,15}")


class Bad(Exception):  # noqa: N818  (becomes a sentence)
    """The cell cannot be understood; `kind` names the sentence that says so."""

    def __init__(self, kind: str, **values: Any) -> None:
        super().__init__(kind)
        self.kind = kind
        self.values = values


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its value, and its letter code: s text, n number, d date, b true or false, e fault, f formula.

    `zeros` is how many digits the cell shows at least: 3 for a number 7 that stands there as 007.
    """

    value: Any
    kind: str = "s"
    zeros: int = 0

    @property
    def blank(self) -> bool:
        """Whether nothing is to be seen."""
        return self.value is None or (isinstance(self.value, str) and not clean(self.value))


def shown(cell: Cell) -> str:
    """The cell as a person sees it, for comparing and quoting."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).zfill(cell.zeros) if isinstance(value, int) else clean(str(value))


def read(cell: Cell, column: Column, meanings: Mapping[str, str], names: Mapping[str, str]) -> Any:
    """What the cell says; raises Bad. `meanings` and `names` are those of the column's list."""
    if cell.kind == "f":
        raise Bad("formula")
    if cell.kind == "e":
        raise Bad("error_cell", text=str(cell.value))
    if column.read in ("choice", "choices", "level"):
        return _LISTED[column.read](cell, meanings, names)
    if column.read in ("number", "quarter"):
        return _number(cell, column) if column.read == "number" else _quarter(cell, meanings)
    return _READ[column.read](cell)


def _text(cell: Cell, most: int = TEXT_LENGTH) -> str:
    if isinstance(cell.value, date):
        raise Bad("date_for_text", text=shown(cell))
    if isinstance(cell.value, bool):
        raise Bad("not_text", text=str(cell.value).upper())
    text = shown(cell)
    if len(text) > most:
        raise Bad("too_long", length=len(text), most=most)
    return text


def _code(cell: Cell) -> str:
    text = _text(cell, CODE_LENGTH)
    if not _CODE.fullmatch(text) or (isinstance(cell.value, float) and not cell.value.is_integer()):
        raise Bad("bad_code", text=text)
    return text


def _codes(cell: Cell) -> tuple[str, ...]:
    parts = [clean(part) for part in _text(cell, 2000).replace("\uff1b", ";").split(";")]
    return tuple(dict.fromkeys(_code(Cell(part)) for part in parts if part))


def _name(cell: Cell) -> str:
    text = _text(cell, NAME_LENGTH)
    if not any(c.isalpha() for c in text):
        raise Bad("not_a_name", text=text)
    return text


def _phone(cell: Cell) -> str:
    bare = _PHONE_MARKS.sub("", _text(cell))
    if bare.startswith("+84") or (bare.startswith("84") and len(bare) in (11, 12)):
        bare = "0" + bare.removeprefix("+")[2:].removeprefix("0")
    if len(bare) == 9 and bare.isdigit() and bare[0] != "0":
        bare = "0" + bare  # a sheet took the zero away
    if not bare.isascii() or not _PHONE.fullmatch(bare):
        raise Bad("not_phone", text=shown(cell))
    return bare.removeprefix("+")


def _choice(cell: Cell, meanings: Mapping[str, str], names: Mapping[str, str]) -> str:
    text = _text(cell)
    slug = meanings.get(plain(text)) or meanings.get(text)
    if slug is None:
        near = get_close_matches(plain(text), meanings, 1, 0.75)
        values = {"text": text, "choices": ", ".join(names.values())}
        if near:
            raise Bad("not_choice_near", near=names[meanings[near[0]]], **values)
        raise Bad("not_choice", **values)
    return slug


def _choices(cell: Cell, meanings: Mapping[str, str], names: Mapping[str, str]) -> tuple[str, ...]:
    parts = [clean(part) for part in _text(cell, 2000).replace("\uff1b", ";").split(";")]
    return tuple(dict.fromkeys(_choice(Cell(part), meanings, names) for part in parts if part))


def _level(cell: Cell, meanings: Mapping[str, str], names: Mapping[str, str]) -> str:
    """The slug of a listed level, also with a subject after it; else the words as they stand."""
    text = _text(cell, NAME_LENGTH)
    wanted = plain(text)
    begun = [known for known in meanings if wanted == known or wanted.startswith(f"{known} ")]
    return meanings[max(begun, key=len)] if begun else text


def _number(cell: Cell, column: Column) -> int:
    text = _text(cell)
    limits = {"least": column.least, "most": column.most}
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise Bad("not_number", text=text, **limits)
    if not column.least <= int(text) <= column.most:
        raise Bad("out_of_range", text=text, **limits)
    return int(text)


def _quarter(cell: Cell, meanings: Mapping[str, str]) -> int:
    text = _text(cell)
    found = meanings.get(plain(text))
    if found is None:
        raise Bad("not_quarter", text=text)
    return int(found)


def _date(cell: Cell) -> date:
    if isinstance(cell.value, datetime):
        return cell.value.date()
    if isinstance(cell.value, date):
        return cell.value
    text = clean(str(cell.value))
    try:
        if found := _DAY_FIRST.fullmatch(text):
            day, month, year = map(int, found.groups())
        elif found := _YEAR_FIRST.fullmatch(text):
            year, month, day = map(int, found.groups())
        else:
            raise ValueError(text)
        return date(year, month, day)
    except ValueError:
        raise Bad("not_date", text=text) from None


def _birth(cell: Cell) -> Birth:
    year = _YEAR.fullmatch(shown(cell))
    if year:
        return Birth(int(year.group(1)))
    try:
        on = _date(cell)
    except Bad as bad:
        raise Bad("not_birth", **bad.values) from None
    return Birth(on.year, on)


_READ: Mapping[str, Callable[[Cell], Any]] = {
    "code": _code,
    "case_code": _code,
    "codes": _codes,
    "name": _name,
    "text": _text,
    "phone": _phone,
    "date": _date,
    "birth": _birth,
}
_LISTED: Mapping[str, Callable[[Cell, Mapping[str, str], Mapping[str, str]], Any]] = {
    "choice": _choice,
    "choices": _choices,
    "level": _level,
}
