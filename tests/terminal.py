"""A terminal on a machine of its own: an empty folder, no settings but those a test gives."""

import contextlib
import io
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.office import tables


@dataclass(frozen=True)
class Ran:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one sentence on stderr."""
        assert self.err.startswith("chibot: "), self.err
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.removeprefix("chibot: ").strip()


class Terminal:
    """`run` types a command; `folder` is the working directory."""

    def __init__(self, folder: Path, settings: pytest.MonkeyPatch) -> None:
        self.folder, self._settings = folder, settings
        for name in [name for name in os.environ if name.upper().startswith("CHIBOT_")]:
            settings.delenv(name)
        settings.chdir(folder)

    @property
    def database(self) -> Path:
        return self.folder / "chibot.db"

    def sets(self, **values: str) -> None:
        """CHIBOT_NAME=value in the environment."""
        for name, value in values.items():
            self._settings.setenv(f"CHIBOT_{name}", value)

    def run(self, *words: str, typed: str = "") -> Ran:
        out, err = io.StringIO(), io.StringIO()
        self._settings.setattr(sys, "stdin", io.StringIO(typed))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main(words)
            except SystemExit as left:
                code = int(left.code or 0)
        return Ran(code, out.getvalue(), err.getvalue())

    def set_up(self) -> Mapping[str, Any]:
        """A database with one unit and one person of its office."""
        # The tables are those that the migrations make, made once.
        if not self.database.exists():
            self.database.write_bytes(tables())
        ran = self.run("init", "--unit", "Phường Thử Nghiệm", "--admin", "Trần Văn Phòng", "--json")
        assert ran.code == 0, ran.err
        return dict(ran.json)
