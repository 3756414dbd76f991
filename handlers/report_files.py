"""The paper itself as .docx, .xlsx or .png: figures are collected here, the file is made beside the conversations."""

from dataclasses import replace
from functools import partial

from bot.chat import Choice, File, Refusal, Reply
from bot.reports.making import TYPES
from bot.reports.paper import Ending, Paper, PaperKind, Part
from bot.reports.press import printed
from bot.reports.wording import file_name, period_name
from handlers.commands import Context, command
from handlers.papers import paper_of
from handlers.report_units import pressed
from handlers.reports import standing_of, to_report

COMPOSITION = "cocau"
ENDINGS: tuple[Ending, ...] = ("docx", "xlsx", "png")


@command("tepbaocao")
def file(context: Context, words: str) -> Reply:
    """ "2026-11 u12 docx"; with "cocau" behind it, the paper on how new members and sources are made up."""
    asked = pressed(context, words)
    first, _, more = asked.rest.partition(" ")
    ending = next((each for each in ENDINGS if each == first), None)
    if ending is None:
        raise Refusal("conversation.old_button")
    kind: PaperKind | None = "composition" if more == COMPOSITION else None
    paper = paper_of(context.connection, asked.unit, asked.period, context.today, kind)
    if not standing_of(context, asked).reads:
        paper = replace(paper, parts=tuple(Part(part.slug) for part in paper.parts))
    name = file_name(paper, asked.unit.code, ending)
    values = {"unit": asked.unit.name, "period": period_name(asked.period), "draft": paper.state != "handed_in"}
    other = [
        Choice(f"as_{each}", f"/tepbaocao {asked.ref} {each} {more}".strip()) for each in ENDINGS if each != ending
    ]
    return Reply(f"reports.file_{ending}", values, [other, to_report(asked)], later=partial(_made, paper, ending, name))


def _made(paper: Paper, ending: Ending, name: str) -> File:
    return File(name, printed(paper, ending), TYPES[ending])
