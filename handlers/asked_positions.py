"""What /vitri is asked: a unit, one kind in it, its silent branches, or numbers typed in one line."""

from bot.chat import Reply
from bot.rules.positions import catalogue
from handlers.commands import Context, command
from handlers.desk import read
from handlers.noting_positions import begin_with
from handlers.positions import SILENT, of_kind, screen, unheard, which
from handlers.seats import figures_in, kind_in


@command("vitri")
def show_positions(context: Context, words: str) -> Reply:
    """A unit; one kind in it ("hamlet_head #12"), its silent branches ("chuaghi #12"), or numbers ("KIND UNIT 4/9")."""
    first, _, rest = words.strip().partition(" ")
    if first == SILENT:
        return unheard(context, read(context, f"vitri {SILENT}", rest))
    if first in catalogue().kinds or first in catalogue().sums:
        return of_kind(context, first, read(context, f"vitri {first}", rest))
    named, numbers = figures_in(words)
    kind, rest = kind_in(named)
    if kind is None:
        asked = read(context, "vitri", words)
        return which(context) if asked.unit is None else screen(context, asked.unit)
    asked = read(context, f"vitri {kind}", rest)
    if asked.unit is None:
        return which(context)
    return begin_with(context, asked.unit, kind, numbers) if numbers else of_kind(context, kind, asked)
