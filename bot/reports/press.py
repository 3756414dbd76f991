"""Makes the file of a report in a process of its own: nobody's answer waits, and the office's process stays small.

`printed` is called in a thread beside the conversations. The process (`python -m bot.reports.press docx`) reads one
paper on its standard input, writes the file and ends.
"""

import os
import subprocess
import sys
from typing import get_args

from bot.reports.keeping import again, kept
from bot.reports.paper import Ending, Paper

# Seconds that one file may take.
LONGEST = 60
# Behind everything else that the machine has to do.
NICE = 10


class NotMade(RuntimeError):  # noqa: N818  (a state of a file)
    """The file could not be made; the text names the kind of the fault and nothing of what was to stand in it."""


def printed(paper: Paper, ending: Ending) -> bytes:
    """The content of the file."""
    command, asked = [sys.executable, "-m", "bot.reports.press", ending], kept(paper).encode()
    try:
        done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, timeout=LONGEST, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NotMade(type(problem).__name__) from None
    if done.returncode or not done.stdout:
        raise NotMade(f"code {done.returncode}")
    return done.stdout


def serve(ending: str) -> int:
    """Reads a paper, writes its file; a fault is told by its kind alone."""
    from bot.reports.making import made

    os.nice(NICE)
    answer = os.fdopen(os.dup(1), "wb")
    # What libraries print must not stand in the file.
    os.dup2(2, 1)
    wanted = next((each for each in get_args(Ending) if each == ending), None)
    try:
        if wanted is None:
            return 2
        answer.write(made(again(sys.stdin.buffer.read().decode()), wanted))
    except Exception as problem:
        sys.stderr.write(f"{type(problem).__name__}\n")
        return 1
    answer.close()
    return 0


if __name__ == "__main__":
    sys.exit(serve(sys.argv[1]))
