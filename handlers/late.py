"""What is overdue, oldest first: who should do what, and the button to do it. Members see whom they help."""

from typing import Any

from bot.chat import Choice, Reply
from handlers.commands import Context, command
from handlers.desk import own_unit, read
from handlers.pages import Page, read_page
from handlers.standing import may_open
from handlers.standing_lists import listed
from handlers.templates import given
from storage import admission, candidates, standing_lists
from storage.standing_lists import Line
from storage.units import Unit

SHOWN = 4
OWN = "toi"
# Whom a date binds so that the helper is the one to act.
BY_HELPER = ("helper", "applicant", "member")


@command("quahan")
def overdue(context: Context, words: str) -> Reply:
    """A unit's ("/quahan #12 +1", a code, a name), or one's own ("/quahan toi", and whatever a member types)."""
    first, _, rest = words.strip().partition(" ")
    if not context.me.may("see_counts") or first == OWN:
        return _page(context, None, read_page(rest if first == OWN else words)[0])
    asked = read(context, "quahan", words)
    if asked.unit is not None and not may_open(context, asked.unit):
        return listed(context, f"late #{asked.unit.id} {asked.period.code} +{asked.page}")
    return _page(context, asked.unit, asked.page, own=False)


def _page(context: Context, unit: Unit | None, wanted: int, *, own: bool = True) -> Reply:
    found = standing_lists.page_of(
        context.connection,
        context.me,
        unit,
        standing_lists.overdue(context.today),
        wanted * SHOWN,
        SHOWN,
        only_own=own,
    )
    page = Page.of(range(found.count), wanted, SHOWN)
    if page.number != wanted:
        return _page(context, unit, page.number, own=own)
    rows = [_row(context, line, unit) for line in found.lines]
    values = {"own": own, "unit": unit, "rows": rows, "count": found.count, "page": page.number + 1}
    of = OWN if own else f"#{unit.id}" if unit else ""
    turn = page.turn(lambda to: f"/quahan {of} +{to}".replace("  ", " "))
    back = [Choice("upwards", f"/tinhhinh #{unit.id}", {"name": unit.name})] if unit else _elsewhere(context, own)
    acts = [_act(context, line) for line in found.lines]
    shown = list({choice.send: choice for choice in acts}.values())
    rows_of_two = [shown[i : i + 2] for i in range(0, len(shown), 2)]
    return Reply("desk.late", {**values, "pages": page.last + 1}, [*rows_of_two, turn, back], edit=True)


def _elsewhere(context: Context, own: bool) -> list[Choice]:
    if own:
        return [Choice("my_candidates", "/nguon")]
    return [] if own_unit(context) else [Choice("status", "/tinhhinh")]


def _row(context: Context, line: Line, unit: Unit | None) -> dict[str, Any]:
    rules = admission.rules_of(context.connection)
    rule = rules.book.rules.get(line.rule)
    helpers = candidates.helpers_of(context.connection, line.case.id)
    who = rules.book.entries.roles.get(rule.binds, "") if rule else ""
    return {
        "code": line.case.code,
        # In a list of what is late nobody's full name stands: it is read out, and shown around.
        "name": line.case.name,
        "what": rule.name if rule else line.rule,
        "on": line.on,
        "days": (context.today - line.on).days,
        "unit": line.case.unit_name if unit is None or line.case.unit_id != unit.id else None,
        "who": who,
        "helper": given(helpers[0].name) if helpers and rule and rule.binds in BY_HELPER else None,
    }


def _act(context: Context, line: Line) -> Choice:
    """What can be done about it, by whoever may; for the others the card."""
    case, values = line.case, {"code": line.case.code}
    if case.state != "open" or not candidates.allowed(context.me, case, "record_step"):
        return Choice("card_of", f"/hoso {case.ref}", values)
    if line.subject:
        return Choice("vetting_of", f"/thamtra {case.ref}", values)
    return Choice("step_of", f"/buoc {case.ref}", values)
