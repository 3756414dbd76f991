"""The lists behind a plan: who makes it, who does not and why, whom nobody has met, how long each step takes."""

from collections.abc import Collection, Mapping
from typing import Any

from bot.chat import Choice, Reply
from bot.rules.durations import Pace, View
from bot.rules.forecast import Prospect, Verdict, Why
from bot.rules.plan import Outlook
from bot.rules.silence import Silent
from handlers.commands import Context
from handlers.pages import Page
from handlers.plan_scope import Scope, period_name, words
from handlers.templates import given
from storage import candidates, plans
from storage.candidates import Case

PAGE, PACES = 4, 6
# How buttons name the view and the list.
SHORT: Mapping[View, str] = {"cautious": "cham", "usual": "thuong", "fast": "nhanh"}
LISTS: Mapping[str, Verdict] = {"kip": "likely", "nhanh": "hurry", "khong": "cannot"}
SILENT, PACE = "im", "nhip"


def back_to(scope: Scope, view: View) -> list[Choice]:
    """The way back to the plan."""
    return [Choice("back_to_plan", f"/kehoach {scope.ref} {SHORT[view]}")]


def cases(context: Context, scope: Scope, outlook: Outlook, listed: str, number: int) -> Reply:
    """A page of the cases of one kind, each with its next step and last day, or with what is in the way."""
    found = outlook.those(LISTS[listed])
    page = Page.of(found, number, PAGE)
    seen = candidates.those(context.connection, context.me, [one.case for one in page.items])
    rows = [_line(context, one, seen[one.case], outlook) for one in page.items]
    turn = page.turn(lambda to: f"/kehoach {scope.ref} {SHORT[outlook.view]} {listed} +{to}")
    cards = [Choice("short_name", f"/hoso {row['ref']}", {"name": row["code"]}) for row in rows]
    far = outlook.far if LISTS[listed] == "cannot" else 0
    values = {
        "far": far,
        "verdict": LISTS[listed],
        "period": period_name(scope.period),
        "count": page.count,
        "rows": rows,
    }
    values |= {"page": page.number + 1, "pages": page.last + 1, "unit": scope.unit.name}
    return Reply("plans.cases", values, [cards, turn, back_to(scope, outlook.view)], edit=True)


def _line(context: Context, one: Prospect, case: Case, outlook: Outlook) -> dict[str, Any]:
    view: View = outlook.view if one.next_by[outlook.view] else "fast"
    return {
        "code": case.code,
        "ref": case.ref,
        "name": given(case.name) if candidates.allowed(context.me, case, "see_full_name") else None,
        "step": one.step,
        "following": one.following,
        "by": one.next_by[view],
        "expected": one.expected[outlook.view],
        "earliest": one.earliest,
        "papers": [words()["papers"][paper] for paper in one.lapsing],
        **_why(one.why),
    }


def _why(why: Why | None) -> dict[str, Any]:
    if why is None:
        return {"why": None, "about": None, "on": None, "custom": False}
    told = {"barred": words()["barred"], "wait": words()["waits"]}.get(why.kind)
    return {"why": why.kind, "about": told[why.about] if told else why.about, "on": why.on, "custom": why.custom}


def silent(context: Context, scope: Scope, outlook: Outlook, seen: Collection[int], number: int) -> Reply:
    """A page of those whom nobody has met for long; `seen`: the cases that this person may see."""
    page = Page.of(plans.silent(context.connection, scope.unit, outlook, seen), number, PAGE)
    those = candidates.those(context.connection, context.me, [one.case for one in page.items])
    rows = [_silence(context, one, those[one.case]) for one in page.items]
    turn = page.turn(lambda to: f"/kehoach {scope.ref} {SHORT[outlook.view]} {SILENT} +{to}")
    cards = [Choice("short_name", f"/hoso {row['ref']}", {"name": row["code"]}) for row in rows]
    values = {"period": period_name(scope.period), "count": page.count, "rows": rows}
    values |= {"page": page.number + 1, "pages": page.last + 1, "unit": scope.unit.name}
    return Reply("plans.silent", values, [cards, turn, back_to(scope, outlook.view)], edit=True)


def _silence(context: Context, one: Silent, case: Case) -> dict[str, Any]:
    named_ = candidates.allowed(context.me, case, "see_full_name")
    return {
        "code": case.code,
        "ref": case.ref,
        "name": given(case.name) if named_ else None,
        "days": one.days,
        "costly": one.costly,
        "following": one.following,
        "by": one.next_by,
    }


def paces(context: Context, scope: Scope, outlook: Outlook, number: int) -> Reply:
    """A page of steps with how long they take here, and whose cases say so."""
    page = Page.of(outlook.paces, number, PACES)
    rows = [_pace(one) for one in page.items]
    turn = page.turn(lambda to: f"/kehoach {scope.ref} {SHORT[outlook.view]} {PACE} +{to}")
    values = {"unit": scope.unit.name, "rows": rows, "page": page.number + 1, "pages": page.last + 1}
    return Reply("plans.paces", values, [turn, back_to(scope, outlook.view)], edit=True)


def _pace(one: Pace) -> dict[str, Any]:
    return {
        "step": one.step,
        "usual": one.part("usual"),
        "fast": one.part("fast"),
        "cautious": one.part("cautious"),
        "cases": one.own if one.circle == "own" else one.known,
        "own": one.own,
        "circle": words()["circles"].get(one.circle),
        "amount": one.length.amount,
        "unit": words()["units"][one.length.unit],
        "rule": one.length.rule is not None,
    }
