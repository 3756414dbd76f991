"""/nhac for the office: what went out today, what failed and why, who cannot be reached, what is held until when."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import fold
from handlers.commands import Context, Handler, command
from handlers.pages import Page, is_number, read_page
from handlers.templates import load
from storage import deliveries
from storage.deliveries import Failed

SHOWN = 4
# How long a failed message is worth sending again.
KEPT = timedelta(days=7)

H = TypeVar("H", bound=Handler)
PARTS: dict[str, Handler] = {}
"""What the first word after /nhac opens."""


def part(name: str) -> Callable[[H], H]:
    """Makes a function answer `/nhac name …` (`name` without diacritics); it gets the words after that name."""

    def register(handler: H) -> H:
        PARTS[name] = handler
        return handler

    return register


@command("nhac")
def overview(context: Context, words: str) -> Reply | None:
    """Today at a glance; a first word opens one part of it."""
    name, _, rest = words.strip().partition(" ")
    if fold(name) in PARTS:
        return PARTS[fold(name)](context, rest.strip())
    _office_only(context)
    viewer, connection = context.me, context.connection
    since = datetime.combine(context.today, time(0), context.now.tzinfo)
    told = deliveries.told(connection, viewer, since)
    failed, gone, held = _failed(context), deliveries.gone(connection, viewer), deliveries.held(connection, viewer)
    values = {
        "told": [{"kind": _word("kinds", t.kind), "messages": t.messages, "people": t.people} for t in told],
        "messages": sum(t.messages for t in told),
        "seen": sum(t.seen for t in told),
        "people": deliveries.people_told(connection, viewer, since),
        "waiting": deliveries.waiting(connection, viewer, context.now),
        "held": sum(h.messages for h in held),
        "until": held[0].until.astimezone(context.now.tzinfo) if held else None,
        "failed": len(failed),
        "gone": len(gone),
    }
    counts = {"loi": ("failed", len(failed)), "mat": ("gone", len(gone)), "giu": ("held", values["held"])}
    parts = [[Choice(f"deliveries_{n}", f"/nhac {word}", {"count": c})] for word, (n, c) in counts.items() if c]
    return Reply("deliveries.today", values, parts, edit=True)


@part("loi")
def failures(context: Context, words: str) -> Reply:
    """What was given up in the last days, with buttons to send it again."""
    _office_only(context)
    page = Page.of(_failed(context), read_page(words)[0], SHOWN)
    if not page.count:
        return Reply("deliveries.none_failed", {}, [_to_today()], edit=True)
    zone = context.now.tzinfo
    shown = [
        {
            "name": one.name,
            "unit": one.unit,
            "kind": _word("kinds", one.kind),
            "at": one.at.astimezone(zone) if one.at else context.now,
            "problem": _word("problems", one.problem),
        }
        for one in page.items
    ]
    every = [Choice("resend_all", "/nhac gui", {"count": page.count})] if page.count > 1 else []
    one_each = [[Choice("resend_one", f"/nhac gui {one.id}", {"name": one.name})] for one in page.items]
    turn = page.turn(lambda to: f"/nhac loi +{to}")
    values = {"failed": shown, **_numbers(page)}
    return Reply("deliveries.failed", values, [every, *one_each, turn, _to_today()], edit=True)


@part("mat")
def gone(context: Context, words: str) -> Reply:
    """Whom no chat reaches, since when, and what to do."""
    _office_only(context)
    page = Page.of(deliveries.gone(context.connection, context.me), read_page(words)[0], SHOWN)
    if not page.count:
        return Reply("deliveries.none_gone", {}, [_to_today()], edit=True)
    zone = context.now.tzinfo
    shown = [
        {
            "name": one.name,
            "unit": one.unit,
            "since": one.since.astimezone(zone) if one.since else None,
            "waiting": one.waiting,
        }
        for one in page.items
    ]
    again = [[Choice("invite_again", f"/moi {one.person}", {"name": one.name})] for one in page.items]
    turn = page.turn(lambda to: f"/nhac mat +{to}")
    return Reply("deliveries.gone", {"gone": shown, **_numbers(page)}, [*again, turn, _to_today()], edit=True)


@part("giu")
def held(context: Context, words: str) -> Reply:
    """What waits, until when and why."""
    _office_only(context)
    found = deliveries.held(context.connection, context.me)
    page = Page.of(found, read_page(words)[0], SHOWN)
    if not page.count:
        return Reply("deliveries.none_held", {}, [_to_today()], edit=True)
    shown = [
        {
            "until": one.until.astimezone(context.now.tzinfo),
            "why": _word("reasons", one.why),
            "messages": one.messages,
            "people": one.people,
        }
        for one in page.items
    ]
    values = {"held": shown, **_numbers(page), "count": sum(one.messages for one in found)}
    return Reply("deliveries.held", values, [page.turn(lambda to: f"/nhac giu +{to}"), _to_today()], edit=True)


@part("gui")
def send_again(context: Context, words: str) -> Reply:
    """Sends one of the failed messages again, or all of them."""
    _office_only(context)
    wanted: Sequence[Failed] = _failed(context)
    if words:
        wanted = [one for one in wanted if is_number(words) and one.id == int(words)]
    count = deliveries.resend(context.connection, context.me, context.now, wanted)
    return Reply("deliveries.sent_again", {"count": count}, [_to_today()])


def _office_only(context: Context) -> None:
    if not context.me.may("see_deliveries"):
        raise Refusal("access.not_your_role")


def _failed(context: Context) -> list[Failed]:
    return deliveries.failed(context.connection, context.me, context.now - KEPT)


def _numbers(page: Page[Any]) -> dict[str, int]:
    return {"count": page.count, "page": page.number + 1, "pages": page.last + 1}


def _to_today() -> list[Choice]:
    return [Choice("deliveries_today", "/nhac")]


@cache
def _words() -> dict[str, Any]:
    return load("deliveries")


def _word(group: str, name: str) -> str:
    found: dict[str, str] = _words()[group]
    return found.get(name) or found["other"]
