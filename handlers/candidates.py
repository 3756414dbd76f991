"""My candidates: who needs me most, found by any part of a name; and all contacts of one."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.attention import attention
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.names import search_names
from handlers.commands import Context, command
from handlers.dossiers import shown_name
from handlers.pages import Page, fitting, is_number, read_page
from handlers.ways import need, new_one
from storage import candidates, contacts
from storage.candidates import Case

PAGE = 5
OWN, ALL = "toi", "tat"


@command("nguon")
def my_candidates(context: Context, words: str) -> Reply:
    """A page of candidates; the words are "toi" or "tat" (mine, or all I may see), "+2" for a page, part of a name."""
    own, wanted, query = _read(words)
    everybody = candidates.listed(context.connection, context.me)
    mine = [case for case in everybody if case.own]
    if own is None:
        own = bool(mine) and not query
    shown = found_among(context, mine if own else everybody, query)
    if not shown:
        return _nobody(context, query, len(everybody))
    shown.sort(key=lambda case: need(context, case))
    several = len({case.unit_id for case in everybody}) > 1
    page = Page.of(shown, wanted, PAGE if own else PAGE - 1)
    rows = [_line(context, case, several and not case.own) for case in page.items]
    both = 0 < len(mine) < len(everybody)
    values = {
        "own": own,
        "count": len(shown),
        "urgent": sum(attention_of(context, case).urgent for case in shown),
        "query": query,
        "page": page.number + 1,
        "pages": page.last + 1,
        "rows": rows,
    }
    turn = page.turn(lambda to: _send(own, to, query))
    buttons = [*_cards(rows), turn, *_other(own, both, query), *waiting_button(context)]
    return Reply("candidates.list", values, buttons, edit=True)


def _read(words: str) -> tuple[bool | None, int, str]:
    own, rest = None, words.split()
    if rest and fold(rest[0]) in (OWN, ALL):
        own = fold(rest.pop(0)) == OWN
    page, query = read_page(" ".join(rest))
    return own, page, clean(query)[:60]


def found_among(context: Context, cases: Sequence[Case], query: str) -> list[Case]:
    """By code, or by what this person may read of the names: a search must not confirm a name that is not shown."""
    if not query:
        return list(cases)
    code = candidates.plain_code(query)
    by_code = [case for case in cases if case.code == code]
    if by_code:
        return by_code
    read = {case.id: shown_name(context, case) for case in cases}
    names = set(search_names(query, list(read.values())))
    return [case for case in cases if read[case.id] in names]


def _nobody(context: Context, query: str, all_: int) -> Reply:
    if query:
        return Reply("candidates.none_found", {"query": query}, [[Choice("my_candidates", "/nguon")]])
    if all_:
        return Reply("candidates.none_mine", {}, [[Choice("everybody", f"/nguon {ALL}")]])
    one = new_one(context)
    return Reply("candidates.none", {"nominate": bool(one)}, one)


def waiting_button(context: Context) -> list[list[Choice]]:
    """The way to the nominations that wait for this person's decision."""
    if not context.me.may("decide_nomination"):
        return []
    waiting = candidates.listed(context.connection, context.me, "decide_nomination", states=("proposed",))
    return [[Choice("waiting", "/duyet", {"count": len(waiting)})]] if waiting else []


def attention_of(context: Context, case: Case) -> Any:
    """How much the candidate needs a contact today."""
    return attention(case.last_contact_on, case.next_on, case.listed_on, context.today)


def _line(context: Context, case: Case, with_unit: bool) -> dict[str, Any]:
    looked = attention_of(context, case)
    return {
        "name": shown_name(context, case),
        "code": case.code,
        "ref": case.ref,
        "step": case.step,
        "unit": case.unit_name if with_unit else None,
        "need": looked.need,
        "days": looked.days,
        "next_on": case.next_on,
        "urgent": looked.urgent,
    }


def _cards(rows: Sequence[dict[str, Any]]) -> list[list[Choice]]:
    """Two in a row: the last two words of a name, or all of it where two of the page would read the same."""
    short = [" ".join(row["name"].split()[-2:]) for row in rows]
    names = [row["name"] if short.count(said) > 1 else said for row, said in zip(rows, short, strict=True)]
    sends = [f"/hoso {row['ref']}" for row in rows]
    choices = [Choice("short_name", send, {"name": name}) for send, name in zip(sends, names, strict=True)]
    return [choices[i : i + 2] for i in range(0, len(choices), 2)]


def _other(own: bool, both: bool, query: str) -> list[list[Choice]]:
    if not both:
        return []
    return [[Choice("everybody" if own else "only_mine", _send(not own, 0, query))]]


def _send(own: bool, page: int, query: str) -> str:
    """The command of a page."""
    return fitting(f"/nguon {OWN if own else ALL} +{page} {query}")


def to_card(case: Case) -> Choice:
    """The button to a card."""
    return Choice("card", f"/hoso {case.ref}", {"code": case.code})


@command("lichsu")
def log_of(context: Context, words: str) -> Reply:
    """All contacts of a case, newest first, page by page."""
    code, _, page_words = words.partition("+")
    case = candidates.case_for(context.connection, context.me, code.strip(), "log_contact")
    page = int(page_words) if is_number(page_words) else 0
    told = contacts.latest(context.connection, case.id, PAGE + 1, page * PAGE)
    if not told and page == 0:
        return Reply("candidates.no_contacts", {"case": case}, [[Choice("log", f"/tiepxuc {case.ref}")]], edit=True)
    turn = [Choice("earlier", f"/lichsu {case.ref} +{page - 1}")] if page else []
    if len(told) > PAGE:
        turn.append(Choice("later", f"/lichsu {case.ref} +{page + 1}"))
    back = [to_card(case)]
    values = {"case": case, "name": shown_name(context, case), "told": told[:PAGE]}
    return Reply("candidates.contacts", values, [turn, back], edit=True)


def only_open(case: Case) -> Case:
    """The case, if it is under way; refuses one that waits for approval or has ended."""
    if case.state != "open":
        raise Refusal("candidates.not_open", code=case.code, state=case.state)
    return case
