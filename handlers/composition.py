"""The composition of new members and of sources, in numbers and per cent, by everything that is kept of them."""

from bot.chat import Choice, Reply
from bot.rules import composition
from bot.rules.composition import Part
from bot.rules.grouping import grouping
from bot.vietnamese.fold import fold
from handlers.commands import Context, command
from handlers.desk import own_units, read, up
from handlers.templates import templates
from storage import composing, standing
from storage.composing import Counted

SOURCES = "nguon"
SHOWN = 4
KINDS = ("groups", "education", "ages", "sexes", "areas", "introduced")
# Stages before the admission.
_COMING = ("source", "class", "dossier", "deciding")


@command("coccau")
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
        steps = [step for stage in _COMING for step in grouping().stages[stage][1]]
        counted = composing.sources(context.connection, unit, steps, context.today)
    else:
        counted = composing.admitted(context.connection, unit, period, by)
    tables = _tables(counted)
    values = {
        "unit": unit,
        "period": period,
        "of_sources": of_sources,
        "total": counted.total,
        "counted_by": by,
        "tables": {kind: tables[kind]} if kind else {name: rows[:SHOWN] for name, rows in tables.items()},
        "more": {name: max(0, len(rows) - SHOWN) for name, rows in tables.items()} if not kind else {},
        "kind": kind,
    }
    what = f"{SOURCES} " if of_sources else ""
    of = f"{what}#{unit.id} {period.code}"
    kinds = [Choice(f"of_{name}", f"/coccau {name} {of}") for name in KINDS if counted.total]
    other = "" if of_sources else f"{SOURCES} "
    turned = Choice("of_members" if of_sources else "of_sources", f"/coccau {other}#{unit.id} {period.code}")
    back = [Choice("whole_composition", f"/coccau {of}")] if kind else [turned]
    shown = [] if kind else [kinds[:3], kinds[3:]]
    return Reply(
        "composition.shares", values, [*shown, back, up(context, f"coccau {what}".strip(), unit, period)], edit=True
    )


def _tables(counted: Counted) -> dict[str, list[Part]]:
    """Every kind in its order, with names."""
    names, whole = grouping(), counted.total
    said = [(fold(words or ""), count) for words, count in counted.introduced_by.items()]
    return {
        "groups": composition.by_name(templates().words["groups"], counted.groups, whole),
        "education": composition.by_schooling(counted.education, whole),
        "ages": composition.by_age(counted.ages, whole),
        "sexes": composition.by_name(names.sexes, counted.sexes, whole),
        "areas": composition.by_name(names.areas, counted.areas, whole),
        "introduced": composition.by_organisation(said, whole),
    }
