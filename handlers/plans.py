"""The plan of a unit: what a period will bring, who makes it or not and why, how many must be where by when."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, get_args

from markupsafe import Markup

from bot.chat import Choice, Reply
from bot.rules.durations import Pace, View
from bot.rules.figures import Figures
from bot.rules.forecast import Verdict
from bot.rules.plan import Outlook
from handlers import plan_parts
from handlers.commands import Context, command
from handlers.pages import read_page
from handlers.plan_lists import LISTS, PACE, SHORT, SILENT, cases, paces, silent
from handlers.plan_scope import Scope, named, period_name, pressed, typed, words
from handlers.templates import templates
from storage import plans, units
from storage.units import Unit

STAGES = 3


@command("kehoach", reads=True)
def plan(context: Context, said: str) -> Reply:
    """`/kehoach [unit] [period]`, with words for a cautious view; buttons send "u3 2026-Q4 cham kip +1"."""
    scope = pressed(context, said)
    if scope is None:
        view, rest = named(said, words()["views"])
        found = typed(context, rest, "/kehoach")
        if isinstance(found, Reply):
            return found
        return _screen(context, found, "cautious" if view == "cautious" else "usual")
    first, _, rest = scope.rest.partition(" ")
    chosen = {short: one for one, short in SHORT.items()}.get(first, "usual")
    listed, _, page = (rest if first in SHORT.values() else scope.rest).partition(" ")
    return _listed(context, scope, chosen, listed, read_page(page)[0])


def _listed(context: Context, scope: Scope, view: View, listed: str, page: int) -> Reply:
    if listed == plan_parts.UNITS:
        return plan_parts.below(context, scope, page)
    outlook = plans.plan_for(
        context.connection, scope.unit, scope.period, context.today, view=view, write=context.write
    )
    if listed == PACE:
        return paces(context, scope, outlook, page)
    seen = plans.seen_by(context.connection, context.me, scope.unit)
    if seen and listed in LISTS:
        return cases(context, scope, _only(outlook, seen), listed, page)
    if seen and listed == SILENT:
        return silent(context, scope, outlook, seen, page)
    return _screen(context, scope, view, outlook)


def _only(outlook: Outlook, seen: Collection[int]) -> Outlook:
    """The outlook with the cases that this person may see; the numbers stay those of the whole unit."""
    return replace(outlook, prospects=tuple(one for one in outlook.prospects if one.case in seen))


def _screen(context: Context, scope: Scope, view: View, outlook: Outlook | None = None) -> Reply:
    outlook = outlook or plans.plan_for(
        context.connection, scope.unit, scope.period, context.today, view=view, write=context.write
    )
    seen = plans.seen_by(context.connection, context.me, scope.unit)
    unmet = plans.silent(context.connection, scope.unit, outlook, seen) if seen else []
    values = {
        "unit": scope.unit.name,
        "period": period_name(scope.period),
        "left": (scope.period.last - context.today).days,
        "counted": words()["counted"][outlook.counted],
        "plan": sentence(context, outlook),
        "cautious": view == "cautious",
        "parts": plan_parts.of(context, scope, outlook),
        "stages": _stages(outlook),
        **_numbers(outlook),
        **_behind(outlook.paces),
    }
    return Reply("plans.plan", values, _buttons(context, scope, _only(outlook, seen), len(unmet)), edit=True)


def _numbers(outlook: Outlook) -> dict[str, Any]:
    said = outlook.range
    counts = {verdict: len(outlook.those(verdict)) for verdict in get_args(Verdict)}
    counts["cannot"] += outlook.far
    return {
        "target": outlook.target,
        "done": outlook.done,
        "open": outlook.open,
        "low": said.low if said else outlook.done,
        "high": said.high if said else outlook.done,
        "likely": (said.low if outlook.view == "cautious" else said.likely) if said else outlook.done,
        "counts": None if outlook.rough else counts,
        "over": _over(outlook),
    }


def _over(outlook: Outlook) -> bool:
    return outlook.period.last < outlook.today


def sentence(context: Context, outlook: Outlook) -> Markup:
    """The plan backwards in one or two sentences, for this screen and for whoever shows a unit's state."""
    stage = outlook.next_stage
    values = {
        "state": "over" if _over(outlook) else outlook.state,
        "target": outlook.target,
        "needed": outlook.needed,
        "came": words()["came"][stage.step] if stage else None,
        "by": stage.last_on if stage else None,
        "have": stage.have if stage else outlook.stages[-2].have if len(outlook.stages) > 1 else 0,
    }
    # It is said by the templates and goes into another sentence of theirs: its marks are marks.
    return Markup(templates().say("plans.sentence", values, context.today))  # noqa: S704


def plan_line(context: Context, unit: Unit, figures: Figures) -> Markup | None:
    """The plan backwards for a status, from figures that are known; None where there is nothing to plan for."""
    if figures.period.last < context.today or not figures.admitted_target:
        return None
    return sentence(context, plans.glance(context.connection, unit, figures, context.today, write=context.write))


def _stages(outlook: Outlook) -> list[dict[str, Any]]:
    """The next last days after the one that the sentence tells of."""
    ahead = [one for one in outlook.stages[:-1] if one.last_on and one.last_on >= outlook.today and one.needed]
    return [
        {"came": words()["came"][one.step], "by": one.last_on, "needed": one.needed, "have": one.have}
        for one in ahead
        if one is not outlook.next_stage
    ][:STAGES]


def _behind(paces: Sequence[Pace]) -> dict[str, int]:
    """How many of the steps go by the unit's own cases, by those of others, by the rulebook."""
    own = sum(pace.circle == "own" for pace in paces)
    book = sum(pace.circle == "rulebook" for pace in paces)
    return {"own": own, "others": len(paces) - own - book, "book": book}


def _buttons(context: Context, scope: Scope, outlook: Outlook, silent: int) -> list[list[Choice]]:
    send = f"/kehoach {scope.ref} {SHORT[outlook.view]}"
    rows: list[list[Choice]] = []
    counts = {name: 0 if _over(outlook) else len(outlook.those(verdict)) for name, verdict in LISTS.items()}
    rows.append([Choice(f"list_{LISTS[name]}", f"{send} {name}", {"count": n}) for name, n in counts.items() if n])
    rows.append([Choice("list_silent", f"{send} {SILENT}", {"count": silent})] if silent else [])
    other: View = "usual" if outlook.view == "cautious" else "cautious"
    rows.append(
        [Choice(f"view_{other}", f"/kehoach {scope.ref} {SHORT[other]}"), Choice("list_paces", f"{send} {PACE}")]
    )
    more = [Choice("charts", f"/bieudo {scope.ref}")]
    more += [Choice("plans_below", f"{send} {plan_parts.UNITS}")] if units.below(context.connection, scope.unit) else []
    around = [
        Choice(label, f"/kehoach u{scope.unit.id} {period.code} {SHORT[outlook.view]}", {"name": period_name(period)})
        for label, period in (("period_before", scope.period.previous), ("period_after", scope.period.next))
    ]
    return [*rows, more, around]
