"""The command line: what an operator types. Errors are one sentence on stderr, code 2 for bad input, 1 for a fault."""

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from pydantic import ValidationError

from bot.console import BadInput, Fault

BAD_INPUT = 2
FAULT = 1


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Leaves with code 2."""
        self.exit(BAD_INPUT, f"chibot: {message}. See `{self.prog} --help`.\n")


# Which module answers which command: the others are not even read, so that the small commands are quick.
MODULES: dict[str, tuple[str, ...]] = {
    "serve": ("demo", "run"),
    "operate": ("init",),
    "sheets": ("template", "import"),
    "speak": ("understand",),
    "asking": ("ask", "answers"),
    "care": ("backup", "restore", "verify"),
    "doctor": ("doctor",),
    "law": ("due", "why"),
    "rulebooks": ("rules",),
    "invent": ("sample",),
    "recount": ("recount",),
    "report": ("report",),
    "remind": ("remind",),
}


def parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """All commands with their options; only the module of the `wanted` one where that is known."""
    top = _Parser(prog="chibot", description="An assistant in chat for Party branches.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    one = [name for name, answers in MODULES.items() if wanted in answers]
    for name in one or MODULES:
        import_module(f"bot.{name}").add_commands(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; gives its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen = parser(given[0] if given else None).parse_args(given)
    try:
        code = int(chosen.run(chosen) or 0)
        sys.stdout.flush()
        return code
    except BadInput as problem:
        return _say(str(problem), BAD_INPUT)
    except Fault as fault:
        return _say(str(fault), FAULT)
    except ValidationError as problem:
        first = problem.errors()[0]
        return _say(f"setting CHIBOT_{str(first['loc'][0]).upper()}: {first['msg']}", BAD_INPUT)
    except UnicodeDecodeError:
        return _say("what was read is not UTF-8: .env, or what was typed in", BAD_INPUT)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _nobody_reads()
    except Exception as fault:
        logging.getLogger(__name__).debug("fault", exc_info=fault)
        return _say(f"{type(fault).__name__}: {fault}".splitlines()[0], FAULT)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"chibot: {sentence}\n")
    return code


def _nobody_reads() -> int:
    """Whoever read our output has gone, as `| head` does: there is nobody to tell."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAULT
