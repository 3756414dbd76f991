"""Writing the parts of a report in chat: what stood there last time beside it, what the branches wrote; in pieces."""

from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.reports.paper import PARTS, parts_of
from bot.reports.wording import period_name, words
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command, form
from handlers.pages import Page, number_in, read_page
from handlers.report_units import Asked, may_write, pressed
from handlers.reports import names, standing_of, to_part, to_report
from handlers.ways import yes_and_no
from storage import reports
from storage.reports import Report
from storage.units import COMMITTEES

FORM = "report_part"
# A part is a page of A4 at most.
LONGEST = 3000
A_PAGE = 3
_CANCEL = [Choice("cancel", "/huy")]


@command("phanbaocao")
def parts(context: Context, words_: str) -> Reply:
    """The parts and how they stand; with a part's name, begins to write it."""
    asked = pressed(context, words_)
    newest = standing_of(context, asked).report
    if asked.rest not in PARTS:
        return _overview(context, asked, newest)
    _may_be_written(context, asked, newest)
    return _begin(context, asked, asked.rest, newest)


def _overview(context: Context, asked: Asked, newest: Report | None) -> Reply:
    if not standing_of(context, asked).reads:
        raise Refusal("reports.draft_of_others", [to_report(asked)], unit=asked.unit.name)
    said = newest.parts if newest else {}
    told = [{"name": words()["parts"][slug], "text": said.get(slug)} for slug in parts_of(asked.period.kind)]
    writes = may_write(context, asked.unit) and (newest is None or newest.state != "handed_in")
    rows = [[to_part(asked, slug)] for slug in parts_of(asked.period.kind)] if writes else []
    values = {"unit": asked.unit.name, "period": period_name(asked.period), "parts": told}
    return Reply("reports.parts", values, [*rows, to_report(asked)], edit=True)


def _may_be_written(context: Context, asked: Asked, newest: Report | None) -> None:
    if not may_write(context, asked.unit):
        raise Refusal("reports.not_yours_to_write", [to_report(asked)], unit=asked.unit.name)
    if newest is not None and newest.state == "handed_in":
        rows = [[Choice("correct_report", f"/suabaocao {asked.ref}")], to_report(asked)]
        raise Refusal("reports.handed_in_already", rows, period=period_name(asked.period))
    if asked.period.first > context.today:
        raise Refusal("reports.not_begun", [to_report(asked)], period=period_name(asked.period))


def _begin(context: Context, asked: Asked, part: str, newest: Report | None) -> Reply:
    before = reports.latest(context.connection, asked.unit.id, asked.period.previous.code)
    said = (newest.parts if newest else {}).get(part)
    earlier = before.parts.get(part) if before else None
    number = context.begin_form(
        FORM, unit=asked.unit.id, period=asked.period.code, part=part, text="", asks="note"
    ).number
    send = f"/vietphan {number}"
    offers = [Choice("keep_and_add", f"{send} giu")] if said else []
    offers += [Choice("copy_earlier", f"{send} truoc")] if earlier else []
    below = [Choice("from_branches", f"{send} duoi")] if _below(context, asked, part) else []
    values = {
        "name": words()["parts"][part],
        "unit": asked.unit.name,
        "period": period_name(asked.period),
        "hint": words()["hints"][part],
        "said": said,
        "earlier": earlier,
        "before": period_name(asked.period.previous),
    }
    return Reply("reports.ask_part", values, [offers, below, _CANCEL])


def _below(context: Context, asked: Asked, part: str) -> list[tuple[str, str]]:
    """What the units below wrote in this part: their names and words."""
    if asked.unit.kind not in COMMITTEES:
        return []
    everybody = reports.owing(context.connection, asked.unit)
    written = reports.written(context.connection, [unit.id for unit in everybody], asked.period.code)
    return [(unit.name, written[unit.id].parts[part]) for unit in everybody if part in _said(written.get(unit.id))]


def _said(report: Report | None) -> Any:
    return report.parts if report else {}


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """More words for the open part; "luu" saves, "bo" drops."""
    said = fold(text).strip(" .!")
    begun = bool(_data(context)["text"])
    if begun and said in yes_and_no()["agree"]:
        return _save(context)
    if said in yes_and_no()["refuse"]:
        context.close_form()
        return Reply("contacts.dropped", {})
    return _add(context, "\n".join(line for raw in text.splitlines() if (line := clean(raw))))


def _data(context: Context) -> dict[str, Any]:
    found = context.the_form(FORM)
    return found.data


def _asked(context: Context) -> Asked:
    """The report that the open form belongs to, looked up anew: rights may have ended meanwhile."""
    data = _data(context)
    asked = pressed(context, f"{data['period']} u{data['unit']}", "write_report")
    _may_be_written(context, asked, standing_of(context, asked).report)
    return asked


def _add(context: Context, text: str) -> Reply:
    data = _data(context)
    whole = "\n".join(piece for piece in (data["text"], text) if piece)
    if len(whole) > LONGEST:
        raise Refusal("reports.part_too_long", _rows(context), most=LONGEST, length=len(whole))
    context.keep_form(text=whole)
    values = {"name": words()["parts"][data["part"]], "text": whole, "length": len(whole)}
    return Reply("reports.part_so_far", values, _rows(context))


def _rows(context: Context) -> list[list[Choice]]:
    number = context.form.number if context.form else 0
    return [[Choice("save", f"/vietphan {number} luu"), Choice("write_anew", f"/vietphan {number} lai"), *_CANCEL]]


@command("vietphan")
def under_the_part(context: Context, words_: str) -> Reply:
    """A button under a part in the writing: save, begin anew, keep what is there, last time's words, the branches'."""
    number, _, what = words_.partition(" ")
    found = context.the_form(FORM, number_in(number))
    asked, part = _asked(context), found.data["part"]
    what, _, more = what.partition(" ")
    match what:
        case "luu":
            return _save(context)
        case "lai":
            return _begin(context, asked, part, standing_of(context, asked).report)
        case "giu":
            return _take(context, _said(standing_of(context, asked).report).get(part))
        case "truoc":
            before = reports.latest(context.connection, asked.unit.id, asked.period.previous.code)
            return _take(context, _said(before).get(part))
        case "duoi" if more == "het":
            return _take_all(context, asked, part)
        case "duoi":
            return _branches(context, asked, part, more)
    raise Refusal("conversation.old_button")


def _take(context: Context, text: str | None) -> Reply:
    if not text or text in _data(context)["text"]:
        raise Refusal("conversation.old_button")
    return _add(context, text)


def _branches(context: Context, asked: Asked, part: str, more: str) -> Reply:
    page = Page.of(_below(context, asked, part), read_page(more)[0], A_PAGE)
    number = context.form.number if context.form else 0
    send = f"/vietphan {number} duoi"
    values = {
        "name": words()["parts"][part],
        "period": period_name(asked.period),
        "count": page.count,
        "rows": [{"unit": unit, "text": text} for unit, text in page.items],
        "page": page.number + 1,
        "pages": page.last + 1,
    }
    rows = [page.turn(lambda to: f"{send} +{to}"), [Choice("take_all", f"{send} het")], _CANCEL]
    return Reply("reports.from_branches", values, rows, edit=True)


def _take_all(context: Context, asked: Asked, part: str) -> Reply:
    """As many of the branches' words as a part holds; each with the name of its branch."""
    text = _data(context)["text"]
    for unit, said in _below(context, asked, part):
        line = f"{unit}: {said}"
        if line not in text and len(text) + len(line) < LONGEST:
            text = "\n".join(piece for piece in (text, line) if piece)
    context.keep_form(text="")
    return _add(context, text)


def _save(context: Context) -> Reply:
    asked, data = _asked(context), _data(context)
    if not data["text"]:
        raise Refusal("conversation.empty")
    report = reports.draft(context.connection, context.now, context.me.id, asked.unit.id, asked.period.code)
    reports.write(context.connection, context.now, context.me.id, report, data["part"], data["text"])
    context.close_form()
    written = {**report.parts, data["part"]: data["text"]}
    missing = [slug for slug in parts_of(asked.period.kind) if slug not in written]
    values = {"name": words()["parts"][data["part"]], "missing": names(missing)}
    following = [to_part(asked, missing[0])] if missing else [Choice("hand_in", f"/nopbaocao {asked.ref}")]
    return Reply("reports.part_saved", values, [following, [*to_report(asked), to_part(asked, data["part"])]])
