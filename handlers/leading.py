"""Leaders who help candidates themselves: who helps how many, who helps nobody yet, and giving one of them somebody."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import covers
from bot.rules.periods import containing
from handlers.commands import Context, command
from handlers.desk import Asked, read, stands_above, up
from handlers.dossiers import shown_name
from handlers.pages import Page, is_number, read_page
from handlers.templates import given
from storage import leading
from storage.leading import Leader

SHOWN = 6
A_PAGE = 6


@command("capuy", reads=True)
def leaders(context: Context, words: str) -> Reply:
    """Each leader in sight with the candidates helped, those who help nobody first; above the committees numbers."""
    asked = read(context, "capuy", words, "month")
    if asked.unit is not None and stands_above(context, asked.unit) == "committees":
        return _sums(context, asked)
    return screen(context, asked)


def screen(context: Context, asked: Asked) -> Reply:
    """The list of those whom this person may see; without a unit, of all of them."""
    month = containing("month", context.today)
    found = leading.leaders(context.connection, context.me, asked.unit, month)
    if not found and asked.unit is not None and not _sees_people(context, asked):
        raise Refusal("leading.numbers_only", [up(context, "capuy", asked.unit, asked.period)], unit=asked.unit.name)
    page = Page.of(found, asked.page, SHOWN)
    of = f"#{asked.unit.id} " if asked.unit else ""
    values = {
        "unit": asked.unit.name if asked.unit else None,
        "month": month,
        "rows": [_row(one) for one in page.items],
        "count": page.count,
        "idle": sum(not one.helping for one in found),
        "helping": sum(one.helping for one in found),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: f"/capuy {of}+{to}")
    number = f" #{asked.unit.id}" if asked.unit else ""
    back = [Choice("status", f"/tinhhinh{number}")]
    return Reply("leading.list", values, [*_give(context, page.items), turn, back], edit=True)


def _sees_people(context: Context, asked: Asked) -> bool:
    return covers(context.me.grants, "see_people", asked.of.path, asked.of.committee_id)


def _row(one: Leader) -> dict[str, Any]:
    """Somebody in charge of five branches is told with the first and how many more."""
    first = one.roles[0]
    same = [unit for role, unit in one.roles if role == first[0]]
    return {
        "name": one.name,
        "role": first[0],
        "unit": same[0],
        "more": len(same) - 1,
        "helping": one.helping,
        "contacts": one.contacts,
    }


def _give(context: Context, found: Sequence[Leader]) -> list[list[Choice]]:
    """A button for each who helps nobody, where this person assigns helpers."""
    if not context.me.may("assign_helper"):
        return []
    idle = [one for one in found if not one.helping]
    choices = [Choice("give_somebody", f"/giaocapuy {one.id}", {"name": given(one.name)}) for one in idle]
    return [choices[i : i + 2] for i in range(0, len(choices), 2)]


def _sums(context: Context, asked: Asked) -> Reply:
    found = leading.by_committee(context.connection, asked.of)
    page = Page.of(found, asked.page, SHOWN)
    values = {
        "unit": asked.of.name,
        "rows": [{"name": unit.name, "sums": sums} for unit, sums in page.items],
        "leaders": sum(sums.leaders for _, sums in found),
        "idle": sum(sums.idle for _, sums in found),
        "helping": sum(sums.helping for _, sums in found),
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    turn = page.turn(lambda to: f"/capuy #{asked.of.id} +{to}")
    back = [Choice("status", f"/tinhhinh #{asked.of.id}")]
    return Reply("leading.sums", values, [turn, back], edit=True)


@command("giaocapuy")
def give(context: Context, words: str) -> Reply:
    """Whom a leader could help; the button gives the candidate to this leader as /phancong does."""
    if not context.me.may("assign_helper"):
        raise Refusal("access.not_your_role")
    number, _, rest = words.strip().partition(" ")
    leader = leading.leader(context.connection, context.me, int(number)) if is_number(number) else None
    if leader is None:
        raise Refusal("leading.nobody", [[Choice("leaders", "/capuy")]])
    wanted = read_page(rest)[0]
    found, count = leading.for_leader(context.connection, context.me, leader.id, wanted * A_PAGE, A_PAGE)
    page = Page.of(range(count), wanted, A_PAGE)
    if count and page.number != wanted:
        found, count = leading.for_leader(context.connection, context.me, leader.id, page.number * A_PAGE, A_PAGE)
    rows = [
        [
            Choice(
                "for_leader",
                f"/phancong {case.ref} {leader.id}",
                {"name": shown_name(context, case), "unit": case.unit_name},
            )
        ]
        for case in found
    ]
    turn = page.turn(lambda to: f"/giaocapuy {leader.id} +{to}")
    return Reply("leading.whom", {"name": leader.name, "count": count}, [*rows, turn, _back()], edit=True)


def _back() -> list[Choice]:
    return [Choice("leaders", "/capuy")]
