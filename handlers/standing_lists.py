"""The lists behind the numbers: cases where one may see them, else the numbers of the units below."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from bot.chat import Choice, Refusal, Reply
from bot.rules.figures import Figures
from bot.rules.grouping import grouping, stage_counts
from bot.rules.periods import Period
from handlers.commands import Context, command
from handlers.desk import Asked, read, stands_above
from handlers.dossiers import shown_name
from handlers.pages import Page
from handlers.standing import may_open
from storage import comparing, standing, standing_lists
from storage.standing_lists import Lines
from storage.units import Unit

SHOWN = 5
STAGE = "stage:"
# Where one may not look at cases: which number of the units below is told, the largest first.
_NUMBERS: dict[str, tuple[str, Callable[[Figures], int]]] = {
    "admitted": (comparing.ADMITTED, lambda figures: figures.admitted),
    "sources": (comparing.SOURCES, lambda figures: figures.new_sources),
    "late": (comparing.OVERDUE, lambda figures: figures.overdue),
    "silent": (comparing.SILENT, lambda figures: figures.silent),
    "contacts": (comparing.CONTACTS, lambda figures: figures.contacts),
    "none": (comparing.LACKING, lambda figures: figures.without_admission),
    "nosource": (comparing.LACKING, lambda figures: figures.without_source),
}
# What a line of a unit tells.
_TOLD = (comparing.ADMITTED, comparing.SOURCES, comparing.OVERDUE, comparing.SILENT)


@command("danhsach")
def listed(context: Context, words: str) -> Reply:
    """`KIND #unit period +page`; the kind as buttons send it."""
    kind, _, rest = words.strip().partition(" ")
    kind = kind.lower()
    if kind not in (*_NUMBERS, "units", "stages") and _stage(kind) is None:
        raise Refusal("desk.no_such_list", [[Choice("status", "/tinhhinh")]])
    asked = read(context, f"danhsach {kind}", rest)
    if kind == "stages":
        return _stages(context, asked)
    if kind == "units":
        return _units(context, asked)
    if kind in ("none", "nosource") and stands_above(context, asked.of) != "committees":
        return _branches(context, asked, kind)
    if not may_open(context, asked.of):
        return _counts(context, asked, kind)
    return _cases(context, asked, kind)


def _stage(kind: str) -> str | None:
    slug = kind.removeprefix(STAGE)
    return slug if kind.startswith(STAGE) and slug in grouping().stages else None


def _send(kind: str, asked: Asked) -> Callable[[int], str]:
    return lambda to: f"/danhsach {kind} #{asked.of.id} {asked.period.code} +{to}"


def _back(asked: Asked) -> list[Choice]:
    return [Choice("upwards", f"/tinhhinh #{asked.of.id} {asked.period.code}", {"name": asked.of.name})]


def _heading(asked: Asked, kind: str, page: int, pages: int, count: int) -> dict[str, Any]:
    stage = _stage(kind)
    return {
        "unit": asked.of,
        "period": asked.period,
        "kind": "stage" if stage else kind,
        "stage": grouping().stages[stage][0] if stage else "",
        "page": page + 1,
        "pages": pages,
        "count": count,
    }


def _cases(context: Context, asked: Asked, kind: str) -> Reply:
    found = _found(context, asked, kind, asked.page * SHOWN)
    last = max(0, (found.count - 1) // SHOWN)
    if asked.page > last:
        return _cases(context, Asked(asked.unit, asked.period, last), kind)
    rows = [
        {"name": shown_name(context, line.case), "code": line.case.code, "on": line.on, "step": line.case.step}
        | {"unit": line.case.unit_name if line.case.unit_id != asked.of.id else None}
        for line in found.lines
    ]
    values = {**_heading(asked, kind, asked.page, last + 1, found.count), "rows": rows}
    refs = dict.fromkeys((line.case.code, line.case.ref) for line in found.lines)
    cards = [Choice("card_of", f"/hoso {ref}", {"code": code}) for code, ref in refs]
    page = Page.of(range(found.count), asked.page, SHOWN)
    buttons = [*(cards[i : i + 3] for i in range(0, len(cards), 3)), page.turn(_send(kind, asked)), _back(asked)]
    return Reply("desk.cases", values, buttons, edit=True)


def _found(context: Context, asked: Asked, kind: str, skip: int) -> Lines:
    connection: Connection = context.connection
    by = standing.counted_by(connection, asked.of)
    stage = _stage(kind)
    if stage is not None:
        wanted = standing_lists.at_steps(grouping().stages[stage][1])
    elif kind == "admitted":
        wanted = standing_lists.admitted(asked.period, by)
    elif kind == "sources":
        wanted = standing_lists.sources(asked.period)
    elif kind == "contacts":
        wanted = standing_lists.contacted(asked.period)
    elif kind == "silent":
        wanted = standing_lists.silent(context.today)
    else:
        wanted = standing_lists.overdue(context.today)
    return standing_lists.page_of(connection, context.me, asked.of, wanted, skip, SHOWN)


def _counts(context: Context, asked: Asked, kind: str) -> Reply:
    """The numbers of the units below, the largest first: their cases are their own. A branch has its own number."""
    numbered = _numbered(context, asked, kind)
    if not numbered:
        own = _number(kind)(standing.figures(context.connection, asked.of, asked.period, context.today))
        return Reply("desk.counts", {**_heading(asked, kind, 0, 1, own), "rows": []}, [_back(asked)], edit=True)
    found = sorted(numbered, key=lambda pair: (-pair[0], pair[1].ordered))
    page = Page.of([(count, unit) for count, unit in found if count], asked.page, SHOWN)
    total = sum(count for count, _ in found)
    rows = [{"name": unit.name, "count": count} for count, unit in page.items]
    values = {**_heading(asked, kind, page.number, page.last + 1, total), "rows": rows, "units": page.count}
    down = [_down(kind, unit, asked.period) for _, unit in page.items]
    return Reply(
        "desk.counts", values, [*([one] for one in down), page.turn(_send(kind, asked)), _back(asked)], edit=True
    )


def _numbered(context: Context, asked: Asked, kind: str) -> list[tuple[int, Unit]]:
    about = (context.connection, asked.of, asked.period, context.today)
    if kind in _NUMBERS:
        wanted, number = _NUMBERS[kind]
        return [(number(figures), unit) for unit, figures in comparing.children(*about, (wanted,))]
    at_stage = _number(kind)
    return [(at_stage(figures), unit) for unit, figures in standing.children(*about)]


def _number(kind: str) -> Callable[[Figures], int]:
    stage = _stage(kind) or ""
    return _NUMBERS[kind][1] if kind in _NUMBERS else lambda figures: stage_counts(figures.by_stage).get(stage, 0)


def _down(kind: str, unit: Unit, period: Period) -> Choice:
    return Choice("unit", f"/tinhhinh #{unit.id} {period.code}", {"name": unit.name})


def _stages(context: Context, asked: Asked) -> Reply:
    figures = standing.figures(context.connection, asked.of, asked.period, context.today)
    counts = stage_counts(figures.by_stage)
    names = {slug: name for slug, (name, _) in grouping().stages.items()}
    steps = {
        slug: [(step, figures.by_stage[step]) for step in grouping().stages[slug][1] if step in figures.by_stage]
        for slug in counts
    }
    rows = [{"name": names[slug], "count": count, "steps": steps[slug]} for slug, count in counts.items() if count]
    of = f"#{asked.of.id} {asked.period.code}"
    choices = [
        Choice("stage_list", f"/danhsach {STAGE}{slug} {of}", {"name": names[slug], "count": count})
        for slug, count in counts.items()
        if count
    ]
    values = {"unit": asked.of, "rows": rows, "count": figures.open_cases}
    buttons = [*(choices[i : i + 2] for i in range(0, len(choices), 2)), _back(asked)]
    return Reply("desk.stages", values, buttons, edit=True)


def _units(context: Context, asked: Asked) -> Reply:
    """The units directly below, a line each: what is overdue and what is behind its target first."""
    below = comparing.children(context.connection, asked.of, asked.period, context.today, _TOLD)
    below.sort(key=lambda pair: (-pair[1].overdue, -_behind(pair[1]), pair[0].ordered))
    page = Page.of(below, asked.page, SHOWN)
    rows = [{"name": unit.name, "figures": figures} for unit, figures in page.items]
    values = {**_heading(asked, "units", page.number, page.last + 1, page.count), "rows": rows}
    down = [[_down("units", unit, asked.period)] for unit, _ in page.items]
    return Reply("desk.units", values, [*down, page.turn(_send("units", asked)), _back(asked)], edit=True)


def _behind(figures: Figures) -> int:
    return max(0, (figures.admitted_target or 0) - figures.admitted)


def _branches(context: Context, asked: Asked, kind: str) -> Reply:
    """Branches with no admission, or no new source, in the year."""
    year = asked.period.last.year
    what = "listed" if kind == "nosource" else standing.counted_by(context.connection, asked.of)
    found, count = standing.branches_without(context.connection, asked.of, what, year, asked.page * SHOWN, SHOWN)
    last = max(0, (count - 1) // SHOWN)
    if asked.page > last:
        return _branches(context, Asked(asked.unit, asked.period, last), kind)
    page = Page.of(range(count), asked.page, SHOWN)
    values = {**_heading(asked, kind, page.number, page.last + 1, count), "rows": _plain(found), "year": year}
    down = [[_down(kind, unit, asked.period)] for unit in found]
    return Reply("desk.branches", values, [*down, page.turn(_send(kind, asked)), _back(asked)], edit=True)


def _plain(found: Sequence[Unit]) -> list[dict[str, Any]]:
    return [{"name": unit.name} for unit in found]
