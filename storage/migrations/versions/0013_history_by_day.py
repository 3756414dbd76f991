"""history by day: what was done on a day is found without reading through all of it."""

from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f('ix_history_at'), 'history', ['at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_history_at'), table_name='history')
