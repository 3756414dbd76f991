"""How commands of the command line speak: one sentence for an operator, one JSON document for a program."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.rules.book import Rulebook


class BadInput(Exception):  # noqa: N818  (a sentence to the operator)
    """What the operator typed cannot be done; the text says what would be right."""


class Fault(Exception):  # noqa: N818  (a sentence to the operator)
    """What was asked for is right but cannot be done; the text says why."""


def out(value: Any, *, as_json: bool) -> None:
    """Prints one JSON document, or text."""
    sys.stdout.write((json.dumps(value, ensure_ascii=False, default=str) if as_json else str(value)) + "\n")


def day_of(text: str, book: "Rulebook") -> date:
    """A day that was typed; BadInput with the right way to write it."""
    from bot.rules.lines import Unanswerable, read_day

    try:
        return read_day(text, book)
    except Unanswerable as problem:
        raise BadInput(str(problem)) from None


def until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs until SIGTERM or Ctrl-C, then lets the work finish what is in hand."""

    async def run() -> None:
        task = asyncio.ensure_future(work())
        loop = asyncio.get_running_loop()

        def stop() -> None:
            # A second signal must not break off what the first one lets end.
            if not task.cancelling():
                task.cancel()

        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop)
        try:
            await task
        except asyncio.CancelledError:
            return

    asyncio.run(run())
