"""The plan of a term of several years: its document, what is to be reached, and what the term before brought."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from bot.rules.terms import TermPlan
from storage import history
from storage.database import insert
from storage.prepared import Prepared
from storage.tables import term_plans

_NAMES = [field.name for field in fields(TermPlan)]
_COLUMNS = [term_plans.c[name] for name in _NAMES]
_PLAN = Prepared(
    select(*_COLUMNS).where(term_plans.c.unit_id == bindparam("unit"), term_plans.c.first_year == bindparam("first"))
)
LENGTH = 5


def plan_of(connection: Connection, unit: int, first_year: int) -> TermPlan | None:
    """What was set for the term that begins in this year; None: nothing."""
    row = _PLAN.first(connection, {"unit": unit, "first": first_year})
    return TermPlan(*row) if row else None


def set_plan(
    connection: Connection, at: datetime, actor: int | None, unit: int, first_year: int, values: Mapping[str, Any]
) -> bool:
    """Sets what is named in `values` (None takes one away); False when it was so already. The history keeps both."""
    held = plan_of(connection, unit, first_year)
    there = held or TermPlan(first_year, first_year + LENGTH)
    before = {name: getattr(there, name) for name in values if held is None or getattr(there, name) != values[name]}
    if not before:
        return False
    row = {name: getattr(there, name) for name in _NAMES} | dict(values)
    statement = insert(connection, term_plans).values(unit_id=unit, **row)
    changed = {name: value for name, value in row.items() if name != "first_year"}
    connection.execute(statement.on_conflict_do_update(index_elements=["unit_id", "first_year"], set_=changed))
    of = {"first_year": first_year}
    after = {name: values[name] for name in before}
    history.record(connection, at, actor, "unit.term", f"unit:{unit}", unit, of | before if held else None, of | after)
    return True


def changes_of(
    connection: Connection, unit: int, first_year: int
) -> list[tuple[datetime, str | None, Mapping[str, Any]]]:
    """Who set what of this term when: (moment, name, values), newest first."""
    found = [entry for entry in history.of(connection, f"unit:{unit}") if entry.action == "unit.term"]
    mine = [entry for entry in reversed(found) if (entry.after or {}).get("first_year") == first_year]
    return [(entry.at, entry.who, _told(entry.after or {})) for entry in mine]


def _told(after: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in after.items() if name != "first_year"}
    if isinstance(told.get("on"), str):
        told["on"] = date.fromisoformat(told["on"])
    return told
