"""The command line: what an operator types. Errors are one sentence on stderr, code 2 for bad input, 1 for a fault."""

import argparse
import asyncio
import json
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NoReturn

from pydantic import ValidationError

BAD_INPUT = 2
FAULT = 1


class BadInput(Exception):  # noqa: N818  (a sentence to the operator)
    """What the operator typed cannot be done; the text says what would be right."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Leaves with code 2."""
        self.exit(BAD_INPUT, f"chibot: {message}. See `{self.prog} --help`.\n")


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    from bot import operate, serve, speak

    top = _Parser(prog="chibot", description="An assistant in chat for Party branches.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    for module in (serve, operate, speak):
        module.add_commands(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code."""
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen) or 0)
    except BadInput as problem:
        return _say(str(problem), BAD_INPUT)
    except ValidationError as problem:
        first = problem.errors()[0]
        return _say(f"setting CHIBOT_{str(first['loc'][0]).upper()}: {first['msg']}", BAD_INPUT)
    except KeyboardInterrupt:
        return 130
    except Exception as fault:
        logging.getLogger(__name__).debug("fault", exc_info=fault)
        return _say(f"{type(fault).__name__}: {fault}".splitlines()[0], FAULT)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"chibot: {sentence}\n")
    return code


def out(value: Any, *, as_json: bool) -> None:
    """Prints one JSON document, or text."""
    sys.stdout.write((json.dumps(value, ensure_ascii=False, default=str) if as_json else str(value)) + "\n")


def until_stopped(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Runs until SIGTERM or Ctrl-C, then lets the work finish what is in hand."""

    async def run() -> None:
        task = asyncio.ensure_future(work())
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return

    asyncio.run(run())
