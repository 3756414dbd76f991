"""How reports say things: numbers and shares as they are written in Vietnamese, periods, and the names of units."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.reports.paper import Issuer, Paper
from bot.rules.periods import Period
from bot.vietnamese.fold import fold

_FILE = Path(__file__).parent / "paper.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CENT = Decimal("0.01")


@cache
def words() -> Mapping[str, Any]:
    """Everything in paper.yaml."""
    return dict(yaml.load(_FILE.read_text(encoding="utf-8"), Loader=_LOADER))  # noqa: S506


def number(count: int) -> str:
    """1234 as 1.234."""
    return f"{count:,}".replace(",", ".")


def opening(text: str) -> str:
    """The text with its first letter large; what stands large inside it, as a Roman numeral, stays so."""
    return text[:1].upper() + text[1:]


def in_words(count: int) -> str:
    """As numbers stand in the text of papers: one digit has a zero before it."""
    return f"{count:02d}" if 0 < count < 10 else number(count)


def share(part: int, of: int) -> str:
    """28 of 38 as 73,68%; a dash where there is nothing to divide by."""
    if not of:
        return "\u2013"
    whole, _, cents = str(percent(part, of)).partition(".")
    return f"{number(int(whole))},{cents}%"


def percent(part: int, of: int) -> Decimal:
    """With two decimals, a half upwards."""
    return (Decimal(part) * 100 / Decimal(of)).quantize(_CENT, ROUND_HALF_UP)


def delta(count: int) -> str:
    """With its sign."""
    return "0" if count == 0 else f"{'+' if count > 0 else '-'}{number(abs(count))}"


def period_name(period: Period) -> str:
    """As it is read: "tháng 11/2026" in the words of paper.yaml."""
    names, roman = words()["periods"], words()["roman"]
    name = f"half_{period.number}" if period.kind == "half" else period.kind
    text: str = names[name]
    return text.format(number=period.number, year=period.year, roman=roman[(period.number - 1) % 4])


def issuing(name: str, kind: str) -> str:
    """A unit as the body that issues a paper."""
    return _named(name, words()["issuing"][kind])


def above(name: str, kind: str) -> str:
    """A unit as it stands over the one that issues a paper."""
    return _named(name, words()["above"][kind])


def _named(name: str, rules: Sequence[Sequence[str]]) -> str:
    plain = re.sub(r"\s*\([^)]*\)", "", name).strip()
    for begins, becomes in rules:
        if fold(plain).startswith(fold(begins)):
            rest = plain[len(begins) :]
            first = rest.split(" ", 1)[0]
            return becomes + (rest[:1].lower() + rest[1:] if first in words()["small"] else rest)
    return plain


def place(issuer: Issuer) -> str:
    """The name of the ward or commune alone, as it stands before the date."""
    plain = re.sub(r"\s*\([^)]*\)", "", issuer.committee or issuer.name).strip()
    for _ in range(2):
        for begins in words()["not_a_place"]:
            plain = plain.removeprefix(f"{begins} ").strip()
    return plain


def dated(paper: Paper) -> str:
    """Place and date; the day stays blank until the report is handed in."""
    on: date = paper.dated or paper.on
    day = f"{on.day:02d}" if paper.dated else words()["no_day"]
    month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    text: str = words()["dated"]
    return text.format(place=place(paper.issuer), day=day, month=month, year=on.year)


def numbered(paper: Paper) -> str:
    """Number and sign; the number stays blank until somebody gives it."""
    symbol = words()["symbols"][paper.issuer.kind]
    text: str = words()["number" if paper.number else "no_number"]
    return text.format(number=paper.number, symbol=symbol)


def about(paper: Paper) -> str:
    """What the paper is about."""
    text: str = words()["about_composition" if paper.kind == "composition" else "about"]
    return text.format(period=period_name(paper.period))


def file_name(paper: Paper, unit: str, ending: str) -> str:
    """A name that every computer and messenger takes."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(unit)).strip("-")
    text: str = words()["file"]
    return text.format(kind=words()["kinds"][paper.kind], unit=plain, period=paper.period.code, ending=ending)
