"""A branch or the office says how many positions there are and how many holders are members: a number or two a kind."""

from datetime import timedelta

from bot.chat import Choice, Refusal, Reply
from bot.rules.positions import NONE, Seats, catalogue
from handlers.answers import Question
from handlers.commands import Context, command
from handlers.desk import read
from handlers.goals import local
from handlers.positions import may_note, screen
from handlers.seats import read_seats, said, words
from handlers.slips import SLIPS, Draft, Slip, begin
from storage import positions, units
from storage.units import COMMITTEES, Unit

SLIP = "positions"


@command("ghivitri")
def note(context: Context, words_: str) -> Reply:
    """A group of kinds one after another, one kind ("hamlet_head #12"), or "none #12": there are no positions here."""
    what, _, rest = words_.strip().partition(" ")
    if what not in (NONE, *catalogue().groups, *catalogue().kinds):
        raise Refusal("conversation.old_button")
    unit = read(context, f"ghivitri {what}", rest).of
    _door(context, unit)
    if what == NONE:
        return _nothing(context, unit)
    return begin(context, SLIP, f"{unit.id} {what}")


def begin_with(context: Context, unit: Unit, kind: str, numbers: str) -> Reply:
    """The form with the numbers that were typed in one line: it only has to be agreed to."""
    _door(context, unit)
    return begin(context, SLIP, f"{unit.id} {kind}", **{kind: said(read_seats(numbers))})


def _door(context: Context, unit: Unit) -> None:
    if not may_note(context, unit):
        raise Refusal("positions.not_yours", [[Choice("to_positions", f"/vitri #{unit.id}")]], unit=unit.name)


def _unit(context: Context, draft: Draft) -> Unit:
    """The unit of a form: whoever may no longer write there is refused at every answer."""
    unit = units.by_id(context.connection, int(draft.about.split()[0]))
    _door(context, unit)
    return unit


def _title(context: Context, draft: Draft) -> str:
    unit = _unit(context, draft)
    return words("title_above" if unit.kind in COMMITTEES else "title").format(unit=unit.name)


def _questions(context: Context, draft: Draft) -> list[Question]:
    known, (number, what) = catalogue(), draft.about.split()
    own = positions.of_unit(context.connection, int(number))
    kinds = known.of_group(what) if what in known.groups else [what]
    return [
        Question(kind, "seats", known.kinds[kind].name, required=False, options=_options(own.get(kind)))
        for kind in kinds
    ]


def _options(before: positions.Said | None) -> dict[str, str]:
    there = {said(before.seats): words("as_before").format(said=said(before.seats))} if before else {}
    return there | {"0/0": words("nothing_here")}


def _save(context: Context, draft: Draft) -> Reply:
    unit = _unit(context, draft)
    told = {kind: read_seats(numbers) for kind, numbers in draft.values.items() if numbers is not None}
    if not told:
        return screen(context, unit)
    changed = positions.say(context.connection, context.now, context.me.id, unit, told)
    return _saved(context, unit, changed=changed)


def _saved(context: Context, unit: Unit, *, changed: bool) -> Reply:
    """Where the same was said again, there is nothing to take back."""
    reply = screen(context, unit, "positions.saved")
    undo = [Choice("undo", f"/boghivitri #{unit.id}")] if changed else []
    return Reply(reply.template, reply.values, [undo, *reply.buttons])


def _nothing(context: Context, unit: Unit) -> Reply:
    if any(one.seats.posts for one in positions.of_unit(context.connection, unit.id).values()):
        raise Refusal("positions.there_are", [[Choice("to_positions", f"/vitri #{unit.id}")]], unit=unit.name)
    changed = positions.say(context.connection, context.now, context.me.id, unit, {NONE: Seats()})
    return _saved(context, unit, changed=changed)


@command("boghivitri")
def take_back(context: Context, words_: str) -> Reply:
    """Takes back what this person has just said of a unit."""
    unit = read(context, "boghivitri", words_).of
    _door(context, unit)
    since = context.now - timedelta(minutes=local(context, unit, "undo_minutes"))
    if not positions.undo(context.connection, context.now, context.me.id, unit, since):
        raise Refusal("positions.nothing_to_undo", [[Choice("to_positions", f"/vitri #{unit.id}")]], unit=unit.name)
    return screen(context, unit, "positions.undone")


SLIPS[SLIP] = Slip(_title, _questions, _save)
