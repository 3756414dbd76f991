"""A database grown by the migrations is the one that the code speaks of."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from storage import migrations
from storage.database import connect
from storage.tables import metadata, outbox


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_make_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    database = await connect(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    assert await database.read(migrations.current) is None
    await database.write(migrations.upgrade)
    assert await database.read(migrations.current) == migrations.head()
    assert await database.write(differences) == []
    await database.write(migrations.upgrade)
    await database.close()


async def test_another_process_makes_the_same_tables_and_leaves_what_it_cannot_do(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    database = await connect(url)
    with migrations.upgraded_apart(url):
        assert await database.read(migrations.current) is None
    assert await database.read(migrations.current) == migrations.head()
    assert await database.write(differences) == []
    await database.close()
    with migrations.upgraded_apart("sqlite+aiosqlite:////dev/null/new.db"):
        pass


async def test_notices_of_an_older_outbox_know_their_person(tmp_path: Path) -> None:
    database = await connect(f"sqlite+aiosqlite:///{tmp_path / 'old.db'}")
    await database.write(lambda connection: migrations.upgrade(connection, "0003"))
    await database.write(_an_older_outbox)
    await database.write(migrations.upgrade)
    kept = select(outbox.c.key, outbox.c.kind, outbox.c.person_id).order_by(outbox.c.id)
    rows = [tuple(row) for row in await database.read(lambda connection: connection.execute(kept).all())]
    assert rows == [
        ("answer:test:1", "answer", None),
        ("approved:1:1", "notice", 7),
        ("lesson:1:guest", "notice", None),
    ]
    await database.close()


def _an_older_outbox(connection: Connection) -> None:
    connection.exec_driver_sql("INSERT INTO people (id, name, folded) VALUES (7, 'Lê Thị Hai', 'le thi hai')")
    connection.exec_driver_sql("INSERT INTO addresses (channel, address, person_id, since) VALUES ('test', '1', 7, 0)")
    for key, address in (("answer:test:1", "1"), ("approved:1:1", "1"), ("lesson:1:guest", "2")):
        connection.exec_driver_sql(
            "INSERT INTO outbox (key, channel, address, state, due_at) VALUES (?, 'test', ?, 'queued', 0)",
            (key, address),
        )


def test_every_revision_follows_the_one_before() -> None:
    numbers = sorted(migrations.known())
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
