"""The survey of sources each quarter: the secretary goes through the list by taps; those above see how far it is."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.vietnamese.fold import clean, fold
from handlers import survey_sums
from handlers.commands import Context, command, form
from handlers.pages import Page, is_number, read_page
from handlers.survey_sums import counted_of, source_steps, this_quarter
from handlers.templates import load
from handlers.ways import branches, yes_and_no
from storage import candidates, surveys, units
from storage.surveys import RIPENESS, Source
from storage.units import Unit

FORM = "survey_note"
LONGEST = 120
SHOWN, UNITS = 6, 6
RESULT, LIST = "ketqua", "danhsach"


@command("khaosat")
def survey(context: Context, words: str) -> Reply:
    """One's own branch, or branch 12: the next source ("12 +1" passes one over), "12 ketqua", "12 danhsach +1"."""
    number, _, rest = words.partition(" ")
    if is_number(number):
        return _of_unit(context, int(number), rest)
    mine = branches(context, "survey_sources")
    if not mine:
        return survey_sums.above(context, words)
    if len(mine) == 1:
        return _next(context, mine[0])
    page = Page.of(mine, read_page(words)[0], UNITS)
    rows = [[Choice("unit", f"/khaosat {unit.id}", {"name": unit.name})] for unit in page.items]
    turn = page.turn(lambda to: f"/khaosat +{to}")
    return Reply("surveys.which_unit", {"quarter": this_quarter(context)}, [*rows, turn], edit=True)


def _of_unit(context: Context, number: int, rest: str) -> Reply:
    what, _, more = rest.strip().partition(" ")
    mine = next((unit for unit in branches(context, "survey_sources") if unit.id == number), None)
    if mine is None:
        return survey_sums.of_unit(context, surveys.unit_for(context.connection, context.me, number), rest)
    if what == RESULT:
        return _result(context, mine)
    if what == LIST:
        return _list(context, mine, read_page(more)[0])
    return _next(context, mine, passed=read_page(rest)[0])


def _sources(context: Context, unit: Unit) -> list[Source]:
    return surveys.sources(context.connection, unit.id, source_steps(context), this_quarter(context))


def _next(context: Context, unit: Unit, *, passed: int = 0, last: Source | None = None) -> Reply:
    """The next source that has not been looked at; the result when all have been."""
    everybody = _sources(context, unit)
    waiting = [source for source in everybody if source.now is None]
    if not everybody:
        return Reply("surveys.no_sources", {"unit": unit.name}, [[Choice("nominate", "/them")]])
    if passed >= len(waiting):
        return _result(context, unit)
    source, names = waiting[passed], load("exchange_words")["ripeness"]
    values = {
        "quarter": this_quarter(context),
        "unit": unit.name,
        "at": len(everybody) - len(waiting) + 1,
        "count": len(everybody),
        "source": source,
        "before": names.get(source.before),
        "last": last.name if last else None,
        "found": names.get(last.now) if last else None,
    }
    rows = [*_findings(context, source), _beside(context, unit, passed, last)]
    return Reply("surveys.source", values, rows, edit=True)


def _findings(context: Context, source: Source) -> list[list[Choice]]:
    """Each carries its quarter: a button of the last one finds nothing in this."""
    names, quarter = load("exchange_words")["ripeness"], this_quarter(context).code
    send = f"/danhgianguon #{source.id} {quarter}"
    return [[Choice("capital", f"{send} {ripe}", {"name": names[ripe]})] for ripe in reversed(RIPENESS)]


def _beside(context: Context, unit: Unit, passed: int, last: Source | None) -> list[Choice]:
    note = [Choice("survey_note", f"/ghichunguon #{last.id}", {"name": last.name})] if last else []
    after = [Choice("pass_over", f"/khaosat {unit.id} +{passed + 1}"), Choice("survey_result", _send(unit, RESULT))]
    return [*note, *after]


def _send(unit: Unit, what: str) -> str:
    return f"/khaosat {unit.id} {what}"


def _source(context: Context, ref: str) -> tuple[Unit, candidates.Case]:
    """A case that this person surveys, with its branch."""
    case = candidates.case_for(context.connection, context.me, ref, "survey_sources")
    if case.state != "open" or case.step not in source_steps(context):
        raise Refusal("surveys.no_source", code=case.code)
    return units.by_id(context.connection, case.unit_id), case


@command("danhgianguon")
def find(context: Context, words: str) -> Reply:
    """A source was found so ripe: "#12 2026-Q4 ready"; goes on to the next one."""
    parts = words.split()
    quarter = this_quarter(context)
    if len(parts) != 3 or parts[1] != quarter.code or parts[2] not in RIPENESS:
        raise Refusal("conversation.old_button", [[Choice("survey_on", "/khaosat")]])
    unit, case = _source(context, parts[0])
    ripe = next(known for known in RIPENESS if known == parts[2])
    surveys.find(context.connection, context.now, context.me.id, case, quarter, ripe)
    found = next(source for source in _sources(context, unit) if source.id == case.id)
    return _next(context, unit, last=found)


@command("ghichunguon")
def ask_note(context: Context, words: str) -> Reply:
    """Asks for a short note beside what was just found."""
    _, case = _source(context, words)
    context.begin_form(FORM, case=case.id, asks="note")
    values = {"name": case.name, "most": LONGEST}
    return Reply("surveys.ask_note", values, [[Choice("cancel", "/huy")]])


@form(FORM)
def noted(context: Context, text: str) -> Reply:
    """The note; then the survey goes on."""
    found, note = context.the_form(FORM), clean(text)
    if len(note) > LONGEST:
        raise Refusal("surveys.note_too_long", most=LONGEST, length=len(note))
    unit, case = _source(context, f"#{found.data['case']}")
    kept = None if fold(note) in yes_and_no()["skip"] else note
    if not surveys.add_note(context.connection, case.id, this_quarter(context), kept):
        raise Refusal("conversation.old_button")
    context.close_form()
    return _next(context, unit)


def _result(context: Context, unit: Unit) -> Reply:
    """This quarter beside the last, with names: for whoever surveys the branch."""
    everybody = _sources(context, unit)
    beside = surveys.compared(everybody)
    counted = counted_of(unit, everybody)
    names = ("up", "down", "new", "waiting")
    parts = {name: [source.name for source in getattr(beside, name)] for name in names}
    values = {
        "quarter": this_quarter(context),
        "unit": unit.name,
        "counted": counted,
        "same": len(beside.same),
        **parts,
    }
    more = [Choice("survey_on", f"/khaosat {unit.id}")] if beside.waiting else []
    return Reply("surveys.result", values, [[*more, Choice("survey_list", _send(unit, LIST))]], edit=True)


def _list(context: Context, unit: Unit, wanted: int) -> Reply:
    """Everybody with what was found, to look at one again."""
    names = load("exchange_words")["ripeness"]
    page = Page.of(_sources(context, unit), wanted, SHOWN)
    rows = [
        {"at": at, "name": source.name, "now": names.get(source.now), "note": source.note}
        for at, source in enumerate(page.items, page.number * SHOWN + 1)
    ]
    again = [
        Choice("question", f"/xetlainguon #{source.id}", {"number": row["at"]})
        for row, source in zip(rows, page.items, strict=True)
    ]
    turn = page.turn(lambda to: f"{_send(unit, LIST)} +{to}")
    values = {"unit": unit.name, "rows": rows, "page": page.number + 1, "pages": page.last + 1}
    back = [Choice("survey_result", _send(unit, RESULT))]
    return Reply("surveys.list", values, [again, turn, back], edit=True)


@command("xetlainguon")
def look_again(context: Context, words: str) -> Reply:
    """One source, to be found anew."""
    unit, case = _source(context, words)
    source = next(source for source in _sources(context, unit) if source.id == case.id)
    names = load("exchange_words")["ripeness"]
    values: dict[str, Any] = {"source": source, "now": names.get(source.now), "before": names.get(source.before)}
    back = [Choice("survey_list", _send(unit, LIST))]
    return Reply("surveys.again", values, [*_findings(context, source), back], edit=True)
