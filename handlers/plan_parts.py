"""The units below a plan: which are likely to reach their targets, which fall short most, and the way into each."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Reply
from bot.rules.plan import Outlook
from handlers.commands import Context
from handlers.pages import Page
from handlers.plan_lists import back_to
from handlers.plan_scope import Scope, period_name
from storage.plan_parts import Part, parts_of

BELOW, WORST = 6, 3
UNITS = "donvi"


def below(context: Context, scope: Scope, number: int) -> Reply:
    """A page of the units directly below, who falls short most first, each with its button."""
    parts = _parts(context, scope)
    page = Page.of(parts, number, BELOW)
    opened = [
        [Choice("plan_of_unit", f"/kehoach u{part.unit.id} {scope.period.code}", {"name": part.unit.name})]
        for part in page.items
    ]
    turn = page.turn(lambda to: f"/kehoach {scope.ref} thuong {UNITS} +{to}")
    values = {"unit": scope.unit.name, "period": period_name(scope.period), "rows": page.items, **counted(parts)}
    values |= {"page": page.number + 1, "pages": page.last + 1, "over": scope.period.last < context.today}
    return Reply("plans.parts", values, [*opened, turn, back_to(scope, "usual")], edit=True)


def of(context: Context, scope: Scope, outlook: Outlook) -> dict[str, Any] | None:
    """What the units below come to, for the plan of one whose cases are too many to be looked at; else None."""
    if not outlook.rough or scope.period.last < context.today:
        return None
    parts = _parts(context, scope)
    return {**counted(parts), "worst": [part for part in parts if part.short][:WORST]}


def counted(parts: Sequence[Part]) -> dict[str, int]:
    """How many of them make it, may make it, and do not; and how many have no target."""
    makes, may = sum(part.makes for part in parts), sum(part.may for part in parts)
    unset = sum(not part.target for part in parts)
    return {"count": len(parts), "makes": makes, "may": may, "fails": len(parts) - makes - may - unset, "unset": unset}


def _parts(context: Context, scope: Scope) -> list[Part]:
    return parts_of(context.connection, scope.unit, scope.period, context.today, write=context.write)
