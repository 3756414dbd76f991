"""/nhac loai: which reminders a unit gets, and how early; what the law asks for may be earlier, but not off."""

from collections.abc import Mapping, Sequence

from bot.chat import Choice, Refusal, Reply
from bot.rules.access import Grant, Role
from bot.rules.reminder_entries import ReminderKind
from bot.rules.reminders import OFF, SHIFT, is_off, shift_of
from handlers.commands import Context
from handlers.deliveries import part
from handlers.pages import Page, is_number, read_page
from storage import rulebook, settings, units
from storage.units import Unit

WHO: tuple[Role, ...] = ("secretary", "deputy", "office")
SHOWN = 6
SHIFTS = (-7, -3, -1, 0, 1, 3, 7, 14, 30)


@part("loai")
def kinds(context: Context, words: str) -> Reply:
    """All kinds ("+2"), of one of my units ("u12"), one of them ("u12 ceremony"), or a change ("u12 ceremony off")."""
    first, _, rest = words.strip().partition(" ")
    mine = _mine(context)
    if not first.startswith("u") or not is_number(first[1:]):
        if len(mine) > 1 and not words.strip():
            return _which(mine)
        first, rest = f"u{mine[0].unit_id}", words
    unit = _unit(context, mine, int(first[1:]))
    slug, _, change = rest.strip().partition(" ")
    kind = rulebook.book_of(context.connection).entries.reminders.get(slug)
    if kind is None:
        return _list(context, unit, read_page(rest)[0])
    return _set(context, unit, slug, kind, change.strip()) if change else _one(context, unit, slug, kind, None)


def _mine(context: Context) -> list[Grant]:
    found = {grant.unit_id: grant for grant in context.me.grants if grant.role in WHO}
    if not found:
        raise Refusal("access.not_your_role")
    return list(found.values())


def _unit(context: Context, mine: Sequence[Grant], number: int) -> Unit:
    """The door: one of the units that this person leads."""
    if number not in {grant.unit_id for grant in mine}:
        raise Refusal("units.no_such_unit")
    return units.by_id(context.connection, number)


def _which(mine: Sequence[Grant]) -> Reply:
    rows = [[Choice("short_name", f"/nhac loai u{grant.unit_id}", {"name": grant.unit_name})] for grant in mine]
    return Reply("kinds.which_unit", {}, rows)


def _list(context: Context, unit: Unit, wanted: int) -> Reply:
    there = rulebook.book_of(context.connection).entries.reminders
    local = settings.local_of(context.connection, unit)
    page = Page.of(list(there.items()), wanted, SHOWN)
    send = f"/nhac loai u{unit.id}"
    rows = [[Choice("short_name", f"{send} {slug}", {"name": kind.name})] for slug, kind in page.items]
    values = {
        "unit": unit.name,
        "lines": [_line(slug, kind, local) for slug, kind in page.items],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    return Reply("kinds.list", values, [*rows, page.turn(lambda to: f"{send} +{to}")], edit=True)


def _line(slug: str, kind: ReminderKind, local: Mapping[str, int]) -> dict[str, object]:
    return {
        "name": kind.name,
        "off": is_off(slug, kind, local),
        "shift": shift_of(slug, kind, local),
        "optional": kind.optional,
    }


def _one(context: Context, unit: Unit, slug: str, kind: ReminderKind, told: str | None) -> Reply:
    local = settings.local_of(context.connection, unit)
    send, line = f"/nhac loai u{unit.id} {slug}", _line(slug, kind, local)
    turn = Choice("switch_on" if line["off"] else "switch_off", f"{send} {'on' if line['off'] else 'off'}")
    shifts = [at for at in SHIFTS if -kind.later <= at <= kind.earlier and at != line["shift"]]
    choices = [Choice(_shift_label(at), f"{send} {at}", {"days": abs(at)}) for at in shifts]
    rows = [choices[at : at + 2] for at in range(0, len(choices), 2)] if not line["off"] else []
    values = {
        **line,
        "unit": unit.name,
        "told": told,
        "before": [-at for at in kind.stages if at < 0],
        "on_day": 0 in kind.stages,
        "after": [at for at in kind.stages if at > 0],
        "earlier": kind.earlier,
        "later": kind.later,
    }
    back = [Choice("all_kinds", f"/nhac loai u{unit.id}")]
    return Reply("kinds.one", values, [[turn] if kind.optional else [], *rows, back], edit=True)


def _shift_label(days: int) -> str:
    if days == 0:
        return "shift_none"
    return "shift_earlier" if days > 0 else "shift_later"


def _set(context: Context, unit: Unit, slug: str, kind: ReminderKind, change: str) -> Reply:
    number = change.removeprefix("-")
    if change in ("on", "off"):
        if not kind.optional:
            raise Refusal("kinds.not_optional", name=kind.name)
        name, value = OFF + slug, int(change == "off")
    elif is_number(number) and -kind.later <= int(change) <= kind.earlier:
        name, value = SHIFT + slug, int(change)
    else:
        raise Refusal("kinds.out_of_bounds", earlier=kind.earlier, later=kind.later)
    settings.set_local(context.connection, context.now, context.me.id, unit.id, name, value)
    return _one(context, unit, slug, kind, "saved")
