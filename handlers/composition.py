"""The composition of new members and of sources, in numbers and per cent, by everything that is kept of them."""

from bot.chat import Choice, Reply
from bot.vietnamese.fold import fold
from handlers.commands import Context, command
from handlers.desk import own_units, read, up
from handlers.shares import KINDS, coming, tables
from storage import composing, standing

SOURCES = "nguon"
SHOWN = 4


@command("coccau", reads=True)
def compose(context: Context, words: str) -> Reply:
    """A unit and a period (new members), or "nguon" with a unit (everybody on the way); a kind shows it whole."""
    parts = fold(words).split()
    of_sources = SOURCES in parts
    kind = next((part for part in parts if part in KINDS), None)
    rest = " ".join(part for part in parts if part not in (SOURCES, kind))
    asked = read(context, f"coccau {SOURCES}" if of_sources else "coccau", rest, "year")
    if asked.unit is None:
        rows = [[Choice("unit", f"/coccau #{unit.id}", {"name": unit.name})] for unit in own_units(context)]
        return Reply("composition.which", {}, rows)
    unit, period = asked.unit, asked.period
    by = standing.counted_by(context.connection, unit)
    if of_sources:
        counted = composing.sources(context.connection, unit, coming(), context.today)
    else:
        counted = composing.admitted(context.connection, unit, period, by)
    shown = tables(counted)
    values = {
        "unit": unit,
        "period": period,
        "of_sources": of_sources,
        "total": counted.total,
        "counted_by": by,
        "tables": {kind: shown[kind]} if kind else {name: rows[:SHOWN] for name, rows in shown.items()},
        "more": {name: max(0, len(rows) - SHOWN) for name, rows in shown.items()} if not kind else {},
        "kind": kind,
    }
    what = f"{SOURCES} " if of_sources else ""
    of = f"{what}#{unit.id} {period.code}"
    kinds = [Choice(f"of_{name}", f"/coccau {name} {of}") for name in KINDS if counted.total]
    other = "" if of_sources else f"{SOURCES} "
    turned = Choice("of_members" if of_sources else "of_sources", f"/coccau {other}#{unit.id} {period.code}")
    back = [Choice("whole_composition", f"/coccau {of}")] if kind else [turned]
    each = [] if kind else [kinds[:3], kinds[3:]]
    return Reply(
        "composition.shares", values, [*each, back, up(context, f"coccau {what}".strip(), unit, period)], edit=True
    )
