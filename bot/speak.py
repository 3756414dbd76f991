"""`chibot understand`: what the bot makes of typed words, one at a time or a line each."""

import argparse
import json
import sys
from typing import Any

from bot.console import BadInput, out


def add_commands(commands: "argparse._SubParsersAction[Any]") -> None:
    """`understand`."""
    understand = commands.add_parser("understand", help="what the bot makes of a sentence")
    understand.add_argument("text", metavar="SENTENCE", nargs="?", help="the sentence; with --json, - reads lines")
    understand.add_argument("--on", metavar="DATE", help="the day on which it is said, YYYY-MM-DD (default today)")
    understand.add_argument("--json", action="store_true", help="print JSON")
    understand.set_defaults(run=_understand)


def _understand(options: argparse.Namespace) -> None:
    from bot.vietnamese.lines import answer_line

    if options.text in (None, "-"):
        if not options.json:
            raise BadInput("give a sentence, or `--json -` to read one JSON document a line")
        for line in sys.stdin:
            if line.strip():
                out(_answer(line, answer_line), as_json=True)
                sys.stdout.flush()
        return
    answer = answer_line({"text": options.text, "today": options.on or _today(), "known": []})
    if "error" in answer:
        raise BadInput(str(answer["error"]))
    text = "\n".join(f"{name}: {'-' if value is None else value}" for name, value in answer.items())
    out(answer if options.json else text, as_json=options.json)


def _answer(line: str, answer_line: Any) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        return {"error": "not a JSON document"}
    if not isinstance(read, dict):
        return {"error": "not a JSON object"}
    read.setdefault("today", _today())
    return dict(answer_line(read))


def _today() -> str:
    from bot.clock import Clock
    from bot.settings import Settings

    return Clock(Settings().zone).now().date().isoformat()
