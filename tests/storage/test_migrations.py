"""A database grown by the migrations is the one that the code speaks of."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from storage import migrations
from storage.database import connect
from storage.tables import metadata


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


def test_every_revision_follows_the_one_before() -> None:
    numbers = sorted(migrations.known())
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
