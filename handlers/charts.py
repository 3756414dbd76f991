"""Pictures in the chat: one finding each, made after the answer is kept, so that nobody waits for them."""

from datetime import date, timedelta
from functools import partial
from typing import Literal, cast

from bot.chat import Choice, File, Reply
from bot.reports.drawing import drawn
from bot.reports.pictures import Composition, Funnel, HeatMap, Picture, Progress
from bot.rules.periods import Period, containing
from bot.rules.plan import Outlook
from bot.rules.road import HELD, road
from handlers.commands import Context, command
from handlers.dossiers import capital
from handlers.pages import read_page
from handlers.plan_scope import Scope, named, period_name, pressed, typed, words
from handlers.shares import coming
from handlers.templates import templates
from storage import pictures, plans, standing
from storage.rulebook import book_of

Kind = Literal["progress", "funnel", "admissions", "contacts", "composition"]
KINDS: tuple[Kind, ...] = ("progress", "funnel", "admissions", "contacts", "composition")
# So many branches are read on a phone; the next ones are a page further.
ROWS = 25
GROUPS = 10


@command("bieudo", reads=True)
def chart(context: Context, said: str) -> Reply:
    """`/bieudo [unit] [kind] [period]`; buttons send "u3 2026-Q4 funnel +1"."""
    scope = pressed(context, said)
    if scope is None:
        kind, rest = named(said, words()["kinds"])
        found = typed(context, rest, "/bieudo")
        return found if isinstance(found, Reply) else _chart(context, found, cast(Kind, kind or "progress"), 0)
    name, _, page = scope.rest.partition(" ")
    return _chart(context, scope, next((kind for kind in KINDS if kind == name), "progress"), read_page(page)[0])


def _chart(context: Context, scope: Scope, kind: Kind, page: int) -> Reply:
    picture, pages = _picture(context, scope, kind, page)
    name = f"{words()['files'][kind]}-{scope.unit.code}-{scope.period.code}.png"
    values = {
        "unit": scope.unit.name,
        "period": period_name(scope.period),
        "kind": kind,
        "page": page + 1,
        "pages": pages,
    }
    return Reply("plans.chart", values, _buttons(scope, kind, page, pages), later=partial(_made, picture, name))


def _made(picture: Picture, name: str) -> File:
    return File(name, drawn(picture), "image/png")


def _buttons(scope: Scope, kind: Kind, page: int, pages: int) -> list[list[Choice]]:
    others = [Choice(f"chart_{one}", f"/bieudo {scope.ref} {one}") for one in KINDS if one != kind]
    turn = [Choice("earlier", f"/bieudo {scope.ref} {kind} +{page - 1}")] if page else []
    turn += [Choice("later", f"/bieudo {scope.ref} {kind} +{page + 1}")] if page + 1 < pages else []
    return [turn, others[:2], others[2:], [Choice("plan", f"/kehoach {scope.ref}")]]


def _picture(context: Context, scope: Scope, kind: Kind, page: int) -> tuple[Picture, int]:
    match kind:
        case "progress":
            return _progress(context, scope), 1
        case "funnel":
            return _funnel(context, scope), 1
        case "composition":
            return _composition(context, scope), 1
        case _:
            return _heat_map(context, scope, kind, page)


def _on(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _progress(context: Context, scope: Scope) -> Progress:
    outlook = plans.plan_for(context.connection, scope.unit, scope.period, context.today, write=context.write)
    return progress_of(scope.unit.name, outlook, admitted_on(context, scope, outlook))


def admitted_on(context: Context, scope: Scope, outlook: Outlook) -> list[date]:
    """The days of the period's admissions up to today."""
    found = pictures.admitted_on(context.connection, scope.unit, scope.period, outlook.counted)
    return [day for day in found if day <= context.today]


def progress_of(unit: str, outlook: Outlook, days: list[date]) -> Progress:
    """The picture of an outlook, for the chat and for papers."""
    period, said = outlook.period, outlook.range
    low, likely, high = (said.low, said.likely, said.high) if said else (outlook.done,) * 3
    steps = [(_part(period, day), number) for number, day in enumerate(days, 1)]
    return Progress(
        unit=unit,
        on=_on(min(outlook.today, period.last)),
        period=period_name(period, short=True),
        target=outlook.target or None,
        steps=steps,
        now=max(0.0, min(1.0, _part(period, outlook.today + timedelta(days=1)))),
        low=max(low, len(days)),
        likely=max(likely, len(days)),
        high=max(high, len(days)),
        ticks=_ticks(period),
    )


def _part(period: Period, day: date) -> float:
    return (day - period.first).days / ((period.last - period.first).days + 1)


def _ticks(period: Period) -> list[tuple[float, str]]:
    months = list(period.parts("month"))
    return [
        (_part(period, month.first), words()["month"].format(number=month.number))
        for month in months[:: 2 if len(months) > 6 else 1]
    ]


def _funnel(context: Context, scope: Scope) -> Funnel:
    counts = standing.figures(context.connection, scope.unit, scope.period, context.today).by_stage
    steps = road("source", HELD, False, book_of(context.connection))
    names = templates().words["short_steps"] | {}
    long = templates().words["steps"]
    # Whoever has a decision is admitted, or will be at the ceremony: no longer on the way.
    on_the_way = set(coming())
    rows = [(names.get(step, long[step]), counts.get(step, 0)) for step in steps if step in on_the_way]
    return Funnel(scope.unit.name, _on(context.today), rows)


def _composition(context: Context, scope: Scope) -> Composition:
    """New members of the period; where there are none, the candidates of today."""
    counted = standing.counted_by(context.connection, scope.unit)
    period = scope.period
    count, found = pictures.groups(context.connection, scope.unit, period, counted)
    if not count and period.kind != "year":
        period = containing("year", period.last)
        count, found = pictures.groups(context.connection, scope.unit, period, counted)
    name = period_name(period) if count else ""
    if not count:
        count, found = pictures.groups(context.connection, scope.unit, None, counted)
    labels = templates().words["groups"]
    rows = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:GROUPS]
    told = [(capital(labels.get(label, label)), number) for label, number in rows]
    return Composition(scope.unit.name, _on(context.today), name, count, told)


def _heat_map(
    context: Context, scope: Scope, kind: Literal["admissions", "contacts"], page: int
) -> tuple[HeatMap, int]:
    year = scope.period.year
    what = "contacts" if kind == "contacts" else standing.counted_by(context.connection, scope.unit)
    rows = pictures.months(context.connection, scope.unit, year, what)
    month = context.today.month if year == context.today.year else 12 if year < context.today.year else 0
    missing = [months[max(month, 1) - 1] if kind == "contacts" else sum(months) for _, months in rows]
    # Who has least stands first: that is whom a lead looks for.
    ordered = sorted(rows, key=lambda row: sum(row[1]))
    shown = ordered[page * ROWS : page * ROWS + ROWS]
    others = [row for row in ordered if row not in shown]
    picture = HeatMap(
        unit=scope.unit.name,
        on=_on(context.today),
        kind=kind,
        year=year,
        month=month,
        rows=[(name, list(months)) for name, months in shown],
        without=sum(not number for number in missing),
        count=len(rows),
        more=(len(others), sum(sum(months) for _, months in others)),
    )
    return picture, -(-len(rows) // ROWS)
