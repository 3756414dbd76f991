"""Builds the index in a process of its own: what is needed only while building goes with it, half as much again.

`built` is called in a thread beside the conversations. The process (`python -m bot.knowledge.building`) reads what was
taught on its standard input, writes the finished index and ends. Both ends of the pipes are this program, so what comes
through them is as safe as its own code.
"""

import logging
import os
import pickle
import subprocess
import sys

from bot.knowledge.articles import Facts
from bot.knowledge.taught import Known, Lessons, know

# Seconds that it may take; a quiet machine needs one.
LONGEST = 60

log = logging.getLogger(__name__)


def built(lessons: Lessons, facts: Facts) -> Known:
    """The same as `know`, which also takes its place where no process can be started."""
    command, asked = [sys.executable, "-m", "bot.knowledge.building"], pickle.dumps((lessons, facts))
    try:
        done = subprocess.run(command, input=asked, capture_output=True, timeout=LONGEST, check=True)  # noqa: S603
        known: Known = pickle.loads(done.stdout)  # noqa: S301  (our own words)
    except (OSError, subprocess.SubprocessError, pickle.UnpicklingError, EOFError) as problem:
        log.warning("the index is built here: %s", type(problem).__name__)
        return know(lessons, facts)
    return known


def serve() -> None:
    """Reads what was taught, writes the index."""
    # What libraries print must not stand in it.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    lessons, facts = pickle.load(sys.stdin.buffer)  # noqa: S301  (our own words)
    with answer:
        pickle.dump(know(lessons, facts), answer, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    serve()
