"""The way from source to recognition, walked by tapping: each step with its duty, its papers and its deadlines."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from bot.chat import Choice, Reply
from bot.knowledge.path import PathStep, walk
from bot.rules.book import Rulebook
from handlers.commands import Context, command
from handlers.pages import Page, is_number, read_page
from handlers.questions import answered
from storage.rulebook import book_of

A_PAGE = 8


@lru_cache(maxsize=4)
def _walked(book: Rulebook, on: date) -> Sequence[PathStep]:
    return walk(book, on)


@command("cacbuoc")
def steps(context: Context, words: str) -> Reply:
    """One step by its place in the way, counted from 1; without one, or with "+2", a page of all of them.

    Its name is how people begin a question, too: with other words it is one.
    """
    if words and not is_number(words) and not words.startswith("+"):
        return answered(context, context.incoming.text.strip(" /"))
    way = _walked(book_of(context.connection), context.today)
    if is_number(words) and 1 <= int(words) <= len(way):
        return _step(context, way, int(words) - 1)
    page = Page.of([*enumerate(way, 1)], read_page(words)[0], A_PAGE)
    rows = [
        [Choice("step_of_path", f"/cacbuoc {number}", {"number": number, "name": step.name, "side": step.side})]
        for number, step in page.items
    ]
    values = {"count": len(way), "page": page.number + 1, "pages": page.last + 1}
    return Reply("questions.path", values, [*rows, page.turn(lambda to: f"/cacbuoc +{to}")], edit=True)


def _step(context: Context, way: Sequence[PathStep], at: int) -> Reply:
    step = way[at]
    known = context.known
    title = known.title(step.article)
    more = [Choice("topic", f"/chude {step.article}", {"title": title})] if title else []
    before = [Choice("earlier", f"/cacbuoc {at}")] if at else []
    after = [Choice("later", f"/cacbuoc {at + 2}")] if at + 1 < len(way) else []
    rows = [more, [*before, *after], [Choice("all_steps", f"/cacbuoc +{at // A_PAGE}")]]
    return Reply("questions.step", {"step": step, "number": at + 1, "count": len(way)}, rows, edit=True)
