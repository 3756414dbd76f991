"""The office's workbook in the chat: taken out within one's rights, with a line in the history; and its words."""

from collections.abc import Mapping
from functools import partial

from bot.chat import Choice, File, Refusal, Reply
from bot.rules.book import load as load_rulebook
from handlers.commands import Context, command
from handlers.templates import load
from storage import exports
from storage.exports import Export
from storage.imports.known import stand_in

TAKE = "lay"
WORDS = ("groups", "steps", "education")


def words_of_workbook() -> dict[str, Mapping[str, str]]:
    """The names of groups, steps and education in a workbook."""
    words, known = load("words"), load_rulebook().entries.steps
    # Nobody stands at a step that is only noted beside the others.
    steps = {slug: name for slug, name in words["steps"].items() if known[slug].track == "main"}
    return {name: words[name] for name in WORDS} | {"steps": steps}


@command("xuat")
def export(context: Context, words: str) -> Reply:
    """What a file would hold; with "lay" the file itself, made beside the conversation."""
    if not context.me.may("export"):
        raise Refusal("access.not_your_role")
    found = exports.of(context.connection, context.me)
    values = {
        "units": len(found.book.units),
        "people": len({line.code for line in found.book.people}),
        "candidates": len(found.book.candidates),
        "targets": len(found.book.targets),
        "sensitive": found.sensitive,
        "shortened": found.shortened,
    }
    take = [[Choice("take_file", f"/xuat {TAKE}")]]
    if words.strip() != TAKE:
        return Reply("exports.check", values, take)
    if context.typed:
        # A messenger without buttons carries no files either: nothing was taken out, and nothing is written down.
        raise Refusal("exports.not_here", channel=context.incoming.address.channel)
    exports.made(context.connection, context.now, context.me, found)
    name = f"chibot-{context.today:%Y%m%d}.xlsx"
    later = partial(_file, name, found, tuple(_about(context, found)))
    return Reply("exports.made", values, take, later=later)


def _about(context: Context, found: Export) -> list[str]:
    from bot.reports.filled import sayings

    said, book = sayings(), found.book
    counts = {name: len(getattr(book, name)) for name in ("units", "people", "candidates", "targets")}
    values = {"at": f"{context.now:%H:%M %d/%m/%Y}", "by": context.me.name, **counts}
    lines = [str(line).format(**values) for line in said["lines"]]
    lines.append(said["sensitive" if found.sensitive else "not_sensitive"])
    if found.shortened:
        lines.append(said["shortened"].format(count=found.shortened))
    prefix = stand_in(0).removesuffix("0")
    if any(line.code.startswith(prefix) for line in book.people):
        lines.append(said["stand_ins"])
    return lines


def _file(name: str, found: Export, about: tuple[str, ...]) -> File:
    from bot.reports.filled import MEDIA_TYPE, filled

    return File(name, filled(found.book, words_of_workbook(), about), MEDIA_TYPE)
