"""units in order: what lists of units by name go by."""

from alembic import op
import sqlalchemy as sa

from bot.vietnamese.fold import in_order

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

ORDERED = sa.String().with_variant(sa.String(collation='C'), 'postgresql')


def upgrade() -> None:
    op.add_column('units', sa.Column('ordered', ORDERED, server_default='', nullable=False))
    units = sa.table('units', sa.column('id', sa.Integer), sa.column('name', sa.String), sa.column('ordered', sa.String))
    connection = op.get_bind()
    rows = [{'unit': row.id, 'order': in_order(row.name)} for row in connection.execute(sa.select(units.c.id, units.c.name))]
    if rows:
        order = sa.update(units).where(units.c.id == sa.bindparam('unit')).values(ordered=sa.bindparam('order'))
        connection.execute(order, rows)


def downgrade() -> None:
    op.drop_column('units', 'ordered')
