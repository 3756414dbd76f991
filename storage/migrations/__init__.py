"""How the tables came to be what they are, one file a change; `upgrade` brings a database to the newest."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from storage.database import lock_history
from storage.files import CannotOpen

_VERSIONS = Path(__file__).parent / "versions"


def head() -> str:
    """The newest revision: files are named NNNN_what.py, and their revision is NNNN."""
    return max(known())


def known() -> set[str]:
    """Every revision that this version of chibot knows."""
    return {file.name[:4] for file in _VERSIONS.glob("[0-9]*.py")}


def current(connection: Connection) -> str | None:
    """The revision of this database; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection, to: str | None = None) -> None:
    """Brings the database to the newest revision (or to an older one, `to`), within the caller's transaction."""
    wanted = to or head()
    found = current(connection)
    if found == wanted:
        return
    if found is not None and found not in known():
        raise CannotOpen(
            f"the tables of the database are at {found}, which this chibot does not know: install a newer one"
        )
    # Of several processes that start at once, one does it and the others find it done.
    lock_history(connection)
    if current(connection) == wanted:
        return
    from alembic import command  # a slow import that only a changed schema needs
    from alembic.config import Config

    from storage import tallying

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, wanted)
    if wanted == head() and tallying.missing(connection):
        tallying.rebuild(connection)


@contextmanager
def upgraded_apart(url: str) -> Iterator[None]:
    """The same in a process of its own, beside whatever is done meanwhile: what only this needs, 11 MB, goes with it.

    Whatever goes wrong there is left to `upgrade`, which says it.
    """
    command = [sys.executable, "-m", "storage.migrations"]
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
    except OSError:
        yield
        return
    with process:
        try:
            # The address goes where no list of processes shows it: it may hold a password.
            if process.stdin is not None:
                with suppress(OSError):
                    process.stdin.write(url.encode())
                    process.stdin.close()
            yield
        except BaseException:
            process.kill()
            raise
