"""Lines: one JSON line of `chibot understand --json -` and its answer."""

from datetime import date
from typing import Any

from bot.vietnamese.dates import future_date, past_date
from bot.vietnamese.names import search_names


class BadLineError(ValueError):
    """A line that cannot be answered; says why in one sentence."""


def answer_line(line: dict[str, Any]) -> dict[str, Any]:
    """The answer to a line: a date alone, a search by name, or else a sentence; its "id" comes back.

    A line that lacks something or has it in a wrong form gets {"error": one sentence}.
    """
    try:
        if not isinstance(line, dict):
            raise BadLineError("A line must be a JSON object.")
        answer = _KINDS.get(_kind(line), _sentence)(line)
    except BadLineError as problem:
        answer = {"error": str(problem)}
    return {"id": line["id"], **answer} if isinstance(line, dict) and "id" in line else answer


def _kind(line: dict[str, Any]) -> str:
    kind = line.get("kind", "")
    if kind is not None and not isinstance(kind, str):
        raise BadLineError('"kind" must be a text such as "date" or "name".')
    return kind or ""


def _date(line: dict[str, Any]) -> dict[str, Any]:
    text, today = _text(line, "text"), _today(line)
    direction = line.get("direction")
    if direction not in ("past", "future"):
        raise BadLineError('"direction" must be "past" or "future".')
    return {"on": _iso((past_date if direction == "past" else future_date)(text, today))}


def _name(line: dict[str, Any]) -> dict[str, Any]:
    return {"matches": search_names(_text(line, "query"), _known(line))}


def _sentence(line: dict[str, Any]) -> dict[str, Any]:
    from bot.vietnamese.contacts import understand

    meant = understand(_text(line, "text"), _today(line), _known(line))
    return {
        "kind": meant.kind,
        "who": list(meant.who) if isinstance(meant.who, tuple) else meant.who,
        "how": meant.how,
        "on": _iso(meant.on),
        "next_on": _iso(meant.next_on),
        "note": meant.note,
    }


_KINDS = {"date": _date, "name": _name}


def _text(line: dict[str, Any], field: str) -> str:
    value = line.get(field)
    if not isinstance(value, str):
        raise BadLineError(f'"{field}" must be a text.')
    return value


def _today(line: dict[str, Any]) -> date:
    value = line.get("today")
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise BadLineError('"today" must be a date such as 2026-11-20.') from None


def _known(line: dict[str, Any]) -> list[str]:
    value = line.get("known")
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise BadLineError('"known" must be a list of full names.')
    return value


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
