"""A report as JSON and back: how its figures are kept as they were handed in, and given to whoever makes the file."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.reports.paper import (
    Breakdown,
    Count,
    Evidence,
    Issuer,
    Measure,
    Paper,
    Part,
    Seating,
    SeatsRow,
    Survey,
    Surveyed,
    UnitRow,
)
from bot.rules.periods import Period, parse


def kept(paper: Paper) -> str:
    """Everything of the paper in one line."""
    values = asdict(paper) | {"period": paper.period.code}
    return json.dumps(values, ensure_ascii=False, default=_plain)


def again(text: str) -> Paper:
    """The paper that `kept` wrote."""
    read: dict[str, Any] = json.loads(text)
    period = parse(read["period"])
    if period is None:
        raise ValueError(f"no period: {read['period']}")
    return Paper(**read | _values(read, period))


def _values(read: Mapping[str, Any], period: Period) -> dict[str, Any]:
    return {
        "period": period,
        "issuer": Issuer(**read["issuer"]),
        "on": date.fromisoformat(read["on"]),
        "dated": _day(read["dated"]),
        "measures": tuple(Measure(**one) for one in read["measures"]),
        "stages": tuple(Count(**one) for one in read["stages"]),
        "rows": tuple(UnitRow(**one) for one in read["rows"]),
        "breakdowns": tuple(Breakdown(**one | {"rows": _rows(one["rows"])}) for one in read["breakdowns"]),
        "parts": tuple(Part(**one) for one in read["parts"]),
        "evidence": tuple(Evidence(**one | {"signed_on": _day(one["signed_on"])}) for one in read["evidence"]),
        "introduced": _rows(read["introduced"]),
        "seating": _seating(read.get("seating")),
        "survey": _survey(read.get("survey")),
    }


def _seating(read: Mapping[str, Any] | None) -> Seating | None:
    """Papers that were handed in before positions were counted have none."""
    if not read:
        return None
    rows = tuple(SeatsRow(**row) for row in read["rows"])
    return Seating(rows, read["said"], read["branches"], _day(read["on"]))


def _survey(read: Mapping[str, Any] | None) -> Survey | None:
    """Nor have those that were handed in before papers told of surveys."""
    return Survey(Surveyed(**read["now"]), Surveyed(**read["before"]), read["of"]) if read else None


def _rows(rows: Any) -> tuple[tuple[str, int, int], ...]:
    return tuple((name, first, second) for name, first, second in rows)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not for a report: {type(value).__name__}")
