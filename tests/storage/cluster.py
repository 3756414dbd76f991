"""A throwaway PostgreSQL: a cluster of its own in a folder of its own, gone when the tests are over."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.office import Office, Usual, open_office

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "deadlock_timeout": "100ms",
}
# Ordered as in a dictionary, where "/" does not count: what is right only byte by byte goes wrong here.
ORDER = ("--locale-provider=icu", "--icu-locale=vi-u-ka-shifted")


def programs() -> Path | None:
    """Where PostgreSQL's own programs are; None when it is not installed."""
    on_path = shutil.which("initdb")
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *([Path(on_path)] if on_path else [])]
    newest = sorted(found, key=lambda path: [int(n) for n in path.parts if n.isdigit()])
    return newest[-1].resolve().parent if newest else None


class Cluster:
    """A running server, reached by a socket in its own folder."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder, self._user = folder, user
        self._numbers = count(1)
        # The usual committee, once it is there: others are copies of it.
        self._usual: tuple[str, Usual] | None = None

    def new_database(self, like: str | None = None) -> str:
        """The address of an empty database, or of a copy of the one with that name."""
        name = f"office{next(self._numbers)}"
        command = ["createdb", "--host", str(self._folder), "--username", self._user, name]
        copied = ["--template", like] if like else []
        subprocess.run([str(programs() / command[0]), *command[1:], *copied], check=True)  # type: ignore[operator]
        return self._address(name)

    async def usual(self, folder: Path) -> tuple[str, Usual]:
        """The address of a database with the usual committee, and who is who there."""
        if self._usual is None:
            url = self.new_database()
            async with open_office(folder, url) as made:
                self._usual = url.partition("@/")[2].partition("?")[0], Usual(made.unit, made.person)
        name, there = self._usual
        return self.new_database(name), there

    def _address(self, name: str) -> str:
        return f"postgresql+asyncpg://{self._user}@/{name}?host={self._folder}"


@contextmanager
def running(bin_folder: Path) -> Iterator[Cluster]:
    """Starts a server under a user without rights, as PostgreSQL wants it."""
    user = _user()
    folder = Path(tempfile.mkdtemp(prefix="chibot-pg-"))
    data = folder / "data"
    if user.pw_uid != os.getuid():
        os.chown(folder, user.pw_uid, user.pw_gid)

    def run(program: str, *words: str) -> subprocess.CompletedProcess[bytes]:
        other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        log = folder / f"{program}.log"
        with log.open("ab") as out:
            return subprocess.run([str(bin_folder / program), *words], stdout=out, stderr=out, cwd=folder, **other)  # type: ignore[call-overload,no-any-return]

    begun = ("--pgdata", str(data), "--username", user.pw_name, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
    options = " ".join(f"-c {name}={value}" for name, value in FAST.items())
    try:
        if run("initdb", *begun, "--locale", "C.UTF-8", *ORDER).returncode:
            shutil.rmtree(data, ignore_errors=True)
            run("initdb", *begun, "--locale", "C").check_returncode()
        where = f"-k {folder} -c listen_addresses='' {options}"
        run(
            "pg_ctl", "--pgdata", str(data), "--wait", "--timeout", "20", "--options", where, "start"
        ).check_returncode()
        yield Cluster(folder, user.pw_name)
    finally:
        run("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> pwd.struct_passwd:
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def throwaway() -> Iterator[Cluster]:
    """A fixture's body: a cluster for one file of tests; skips by name where there is no PostgreSQL."""
    pytest.importorskip("asyncpg", reason="asyncpg is not installed")
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    with running(found) as started:
        yield started


async def usual_office(tmp_path: Path, cluster: Cluster) -> AsyncIterator[Office]:
    """A fixture's body: the usual committee, on PostgreSQL."""
    async with open_office(tmp_path, *await cluster.usual(tmp_path)) as opened:
        yield opened
