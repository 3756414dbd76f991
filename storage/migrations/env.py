"""What alembic runs: always inside a transaction that the caller has opened."""

from typing import Any, Literal

from alembic import context

import storage.question_tables  # noqa: F401  (its tables belong to the metadata)
from storage.tables import Moment, metadata


def _plain(kind: str, column_type: Any, _: Any) -> str | Literal[False]:
    """Migrations name the type a column has in the database, so that they stay true when our own types change."""
    return "sa.BigInteger()" if kind == "type" and isinstance(column_type, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
    render_item=_plain,
)
context.run_migrations()
