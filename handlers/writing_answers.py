"""Writing an answer to a question that waits: the words, their source, a preview, and the approval."""

import re
from datetime import date

from bot.chat import Choice, Refusal, Reply
from bot.knowledge.articles import Source
from bot.knowledge.taught import LONGEST_TITLE, SHORTEST_ANSWER, Written, finished, longest_body
from bot.vietnamese.fold import clean, fold
from handlers.commands import Context, command, form
from handlers.pages import number_in
from handlers.templates import load
from handlers.unanswered import group_of, office, tell_who_waits
from handlers.ways import yes_and_no
from storage import lessons

FORM = "answer"
ORDER = ("body", "source")
FIELDS = ("body", "source", "title")
LONGEST_SOURCE, SHORTEST_TITLE = 160, 5
_DAY = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_NUMBER = re.compile(r"\d[\w.]*-[^\s,;]+/[^\s,;]+")


@command("traloi")
def write(context: Context, words: str) -> Reply:
    """Begins an answer to the question with this number."""
    office(context)
    group = group_of(context, number_in(words))
    if group.first.state != "open":
        raise Refusal("conversation.old_button")
    context.begin_form(FORM, question=group.first.id, title=_title(group.first.text))
    return _next(context)


def _title(text: str) -> str:
    """A wording as the label of a button."""
    title = clean(text)
    short = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "\u2026"
    return short[:1].upper() + short[1:]


def _next(context: Context) -> Reply:
    """Asks for what is still missing, or shows the answer as it will be read."""
    data = context.the_form(FORM).data
    missing = next((name for name in ORDER if not data.get(name)), None)
    context.keep_form(asks=missing)
    if missing:
        return _ask(context, missing)
    return _preview(context)


def _ask(context: Context, name: str) -> Reply:
    group = group_of(context, context.the_form(FORM).data["question"])
    values = {"text": group.first.text, "most": longest_body()}
    return Reply(f"box.ask_{name}", values, [[Choice("cancel", "/huy")]])


def _preview(context: Context) -> Reply:
    form_ = context.the_form(FORM)
    written = _written(context)
    send = f"/soantraloi {form_.number}"
    mend = [Choice(f"mend_{name}", f"{send} {name}") for name in FIELDS]
    article = finished(written)
    values = {"text": article.text, "source": written.source, "title": written.title}
    return Reply("box.preview", values, [[Choice("approve", f"{send} ok"), Choice("drop", "/huy")], mend])


def _written(context: Context) -> Written:
    data = context.the_form(FORM).data
    source = Source(number=data["source"]["number"], date=data["source"]["date"], article=data["source"]["article"])
    # The slug is given when it is kept.
    return Written("office_0", data["title"], data["body"], source, context.today)


@form(FORM)
def typed(context: Context, text: str) -> Reply:
    """What is typed while an answer is being written: the field that was asked for, or yes or no."""
    office(context)
    asks = context.the_form(FORM).data.get("asks")
    if asks:
        return _set(context, asks, text)
    if fold(text) in yes_and_no()["agree"]:
        return _approve(context)
    if fold(text) in yes_and_no()["refuse"]:
        context.close_form()
        return Reply("conversation.cancelled")
    return _preview(context)


def _set(context: Context, name: str, text: str) -> Reply:
    readers = {"body": _read_body, "source": _read_source, "title": _read_title}
    context.keep_form(**{name: readers[name](context, text)})
    return _next(context)


def _read_body(context: Context, text: str) -> str:
    body = clean(text)
    if not SHORTEST_ANSWER <= len(body) <= longest_body() or "{" in body or "}" in body:
        raise Refusal("box.bad_body", least=SHORTEST_ANSWER, most=longest_body(), length=len(body))
    return body


def _read_title(context: Context, text: str) -> str:
    title = clean(text)
    if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
        raise Refusal("box.bad_title", least=SHORTEST_TITLE, most=LONGEST_TITLE, length=len(title))
    return title


def _read_source(context: Context, text: str) -> dict[str, str]:
    """ "06-HD/TW, 09/6/2025, 3.4.d": the number, the date, and the part after it if there is one."""
    words = clean(text)
    day = _DAY.search(words)
    on = _date(day) if day else None
    if day is None or on is None or on > context.today or len(words) > LONGEST_SOURCE:
        raise Refusal("box.bad_source")
    before, after = words[: day.start()], words[day.end() :]
    number = _NUMBER.search(before)
    named = number.group() if number else _without_day_words(before)
    if not named:
        raise Refusal("box.bad_source")
    return {"number": named, "date": on.isoformat(), "article": after.strip(" ,;.-()")}


def _date(found: "re.Match[str]") -> date | None:
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _without_day_words(before: str) -> str:
    words = before.strip(" ,;.-(").split()
    days = {fold(str(word)) for word in load("words")["source_day"]}
    while words and fold(words[-1]) in days:
        words.pop()
    return " ".join(words).strip(" ,;.-")


@command("soantraloi")
def pressed(context: Context, words: str) -> Reply:
    """A button under the preview: approve, or a field to be written anew."""
    office(context)
    number, _, what = words.partition(" ")
    context.the_form(FORM, number_in(number))
    if what == "ok":
        return _approve(context)
    if what not in FIELDS:
        raise Refusal("conversation.old_button")
    context.keep_form(asks=what)
    return _ask(context, what)


def _approve(context: Context) -> Reply:
    me = office(context)
    group = group_of(context, context.the_form(FORM).data["question"])
    if group.first.state != "open" or not all(context.the_form(FORM).data.get(name) for name in ORDER):
        raise Refusal("conversation.old_button")
    written = _written(context)
    slug = lessons.approve(context.connection, context.now, me, group.wordings, written)
    context.close_form()
    told = tell_who_waits(context, group, written.title, slug)
    rows = [
        [Choice("topic", f"/chude {slug}", {"title": written.title})],
        [Choice("reopen", f"/molaicauhoi {group.first.id}"), Choice("all_questions", "/cauhoi")],
    ]
    return Reply("box.approved", {"title": written.title, "told": told, "wordings": len(group.wordings)}, rows)
