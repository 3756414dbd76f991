"""Draws in a process of its own, which ends when nothing was asked of it for a while: the office's process stays small.

`drawn` is called in a thread beside the conversations. The process that draws (`python -m bot.reports.drawing`) reads
one picture a line on its standard input and writes a length and that many bytes.
"""

import atexit
import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from threading import Lock, Timer
from typing import BinaryIO

from bot.reports.pictures import Picture, packed, unpacked

# Seconds without a picture after which the process ends, and how long one picture may take.
IDLE, LONGEST = 60.0, 30.0
# Behind everything else that the machine has to do: people who chat are not to wait for pictures.
NICE = 10
_LENGTH = 8


class NotDrawn(RuntimeError):  # noqa: N818  (a state of a picture)
    """The picture could not be drawn; the text names the kind of the fault and nothing of what was to be shown."""


class Draughtsman:
    """The process that draws, started when it is needed; one picture at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def drawn(self, picture: Picture) -> bytes:
        """The picture as a PNG; tried a second time where the process ended just then."""
        asked = json.dumps(packed(picture)).encode() + b"\n"
        with self._lock:
            try:
                return self._ask(asked)
            except (OSError, EOFError):
                self._end()
            try:
                return self._ask(asked)
            except (OSError, EOFError) as problem:
                self._end()
                raise NotDrawn(type(problem).__name__) from None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def end(self) -> None:
        """Ends the process."""
        with self._lock:
            self._end()

    def _ask(self, asked: bytes) -> bytes:
        process = self._started()
        guard = Timer(LONGEST, process.kill)
        guard.start()
        try:
            to, back = _pipes(process)
            to.write(asked)
            to.flush()
            length = int.from_bytes(_read(back, _LENGTH), "big", signed=True)
            answer = _read(back, abs(length))
        finally:
            guard.cancel()
        if length < 0:
            raise NotDrawn(answer.decode())
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            command = [sys.executable, "-m", "bot.reports.drawing"]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  (ourselves)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            for pipe in _pipes(process):
                with suppress(OSError):
                    pipe.close()
            process.kill()
            process.wait()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[BinaryIO, BinaryIO]:
    if process.stdin is None or process.stdout is None:
        raise OSError("no pipe")
    return process.stdin, process.stdout  # type: ignore[return-value]


def _read(pipe: BinaryIO, length: int) -> bytes:
    found = pipe.read(length)
    if len(found) < length:
        raise EOFError
    return found


_DRAUGHTSMAN = Draughtsman()
atexit.register(_DRAUGHTSMAN.end)


def drawn(picture: Picture) -> bytes:
    """The picture as a PNG, drawn in the other process."""
    return _DRAUGHTSMAN.drawn(picture)


def serve() -> None:
    """Draws whatever is asked for, until nothing more comes."""
    os.nice(NICE)
    # What libraries print must not stand among the pictures.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    asked = os.fdopen(0, "rb", buffering=0)
    while select.select([asked], [], [], IDLE)[0]:
        line = b""
        while not line.endswith(b"\n"):
            more = asked.read(1 << 16)
            if not more:
                return
            line += more
        _answer(answers, line)


def _answer(answers: BinaryIO, line: bytes) -> None:
    from bot.reports.charts import draw

    try:
        made, sign = draw(unpacked(json.loads(line))), 1
    except Exception as problem:
        made, sign = type(problem).__name__.encode(), -1
    answers.write((sign * len(made)).to_bytes(_LENGTH, "big", signed=True) + made)
    answers.flush()


if __name__ == "__main__":
    serve()
