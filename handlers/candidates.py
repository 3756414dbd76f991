"""My candidates: who needs me most, found by any part of a name; and all contacts of one."""

from collections.abc import Sequence
from typing import Any

from bot.chat import Choice, Refusal, Reply
from bot.rules.attention import attention
from bot.vietnamese.fold import clean, fold
from bot.vietnamese.names import search_names
from handlers.commands import Context, command
from handlers.dossiers import shown_name
from handlers.ways import need
from storage import candidates, contacts
from storage.candidates import Case

PAGE = 5
OWN, ALL = "toi", "tat"


@command("nguon")
def my_candidates(context: Context, words: str) -> Reply:
    """A page of candidates; the words are "toi" or "tat" (mine, or all I may see), "+2" for a page, part of a name."""
    own, page, query = _read(words)
    everybody = candidates.listed(context.connection, context.me)
    mine = [case for case in everybody if case.own]
    if own is None:
        own = bool(mine) and not query
    shown = found_among(mine if own else everybody, query)
    if not shown:
        return _nobody(context, query, len(everybody))
    shown.sort(key=lambda case: need(context, case))
    last = (len(shown) - 1) // PAGE
    page = min(page, last)
    rows = [_line(context, case) for case in shown[page * PAGE : page * PAGE + PAGE]]
    both = 0 < len(mine) < len(everybody)
    values = {
        "own": own,
        "count": len(shown),
        "urgent": sum(attention_of(context, case).urgent for case in shown),
        "query": query,
        "page": page + 1,
        "pages": last + 1,
        "rows": rows,
    }
    buttons = [*_cards(rows), *_around(own, page, last, query), *_other(own, both, query)]
    return Reply("candidates.list", values, buttons, edit=True)


def _read(words: str) -> tuple[bool | None, int, str]:
    own, page, rest = None, 0, words.split()
    if rest and fold(rest[0]) in (OWN, ALL):
        own = fold(rest.pop(0)) == OWN
    if rest and rest[0].startswith("+") and rest[0][1:].isdecimal():
        page = int(rest.pop(0)[1:])
    return own, page, clean(" ".join(rest))[:60]


def found_among(cases: Sequence[Case], query: str) -> list[Case]:
    """Those of the cases that a code or any part of a name fits; all of them for an empty query."""
    if not query:
        return list(cases)
    code = candidates.plain_code(query)
    by_code = [case for case in cases if case.code == code]
    if by_code:
        return by_code
    names = set(search_names(query, [case.name for case in cases]))
    return [case for case in cases if case.name in names]


def _nobody(context: Context, query: str, all_: int) -> Reply:
    if query:
        return Reply("candidates.none_found", {"query": query}, [[Choice("my_candidates", "/nguon")]])
    if all_:
        return Reply("candidates.none_mine", {}, [[Choice("everybody", f"/nguon {ALL}")]])
    buttons = [[Choice("nominate", "/them")]] if context.me.may("nominate") else []
    return Reply("candidates.none", {}, buttons)


def attention_of(context: Context, case: Case) -> Any:
    """How much the candidate needs a contact today."""
    return attention(case.last_contact_on, case.next_on, case.listed_on, context.today)


def _line(context: Context, case: Case) -> dict[str, Any]:
    looked = attention_of(context, case)
    return {
        "name": shown_name(context, case),
        "code": case.code,
        "step": case.step,
        "unit": None if case.own else case.unit_name,
        "need": looked.need,
        "days": looked.days,
        "next_on": case.next_on,
        "urgent": looked.urgent,
    }


def _cards(rows: Sequence[dict[str, Any]]) -> list[list[Choice]]:
    choices = [Choice("short_name", f"/hoso {row['code']}", {"name": row["name"]}) for row in rows]
    return [choices[i : i + 2] for i in range(0, len(choices), 2)]


def _around(own: bool, page: int, last: int, query: str) -> list[list[Choice]]:
    def turn(to: int) -> str:
        return _send(own, to, query)

    earlier = [Choice("earlier", turn(page - 1))] if page > 0 else []
    later = [Choice("later", turn(page + 1))] if page < last else []
    return [[*earlier, *later]]


def _other(own: bool, both: bool, query: str) -> list[list[Choice]]:
    if not both:
        return []
    return [[Choice("everybody" if own else "only_mine", _send(not own, 0, query))]]


def _send(own: bool, page: int, query: str) -> str:
    """The command of a page; a long query is cut at the 64 bytes that a button holds."""
    send = f"/nguon {OWN if own else ALL} +{page} {fold(query)}"
    return send.encode()[:64].decode(errors="ignore").strip()


@command("lichsu")
def log_of(context: Context, words: str) -> Reply:
    """All contacts of a case, newest first, page by page."""
    code, _, page_words = words.partition("+")
    case = candidates.case_for(context.connection, context.me, code.strip(), "log_contact")
    page = int(page_words) if page_words.strip().isdecimal() else 0
    told = contacts.latest(context.connection, case.id, PAGE + 1, page * PAGE)
    if not told and page == 0:
        return Reply("candidates.no_contacts", {"case": case}, [[Choice("log", f"/tiepxuc {case.code}")]], edit=True)
    turn = [Choice("earlier", f"/lichsu {case.code} +{page - 1}")] if page else []
    if len(told) > PAGE:
        turn.append(Choice("later", f"/lichsu {case.code} +{page + 1}"))
    back = [Choice("card", f"/hoso {case.code}", {"code": case.code})]
    values = {"case": case, "name": shown_name(context, case), "told": told[:PAGE]}
    return Reply("candidates.contacts", values, [turn, back], edit=True)


def only_open(case: Case) -> Case:
    """The case, if it is under way; refuses one that waits for approval or has ended."""
    if case.state != "open":
        raise Refusal("candidates.not_open", code=case.code, state=case.state)
    return case
