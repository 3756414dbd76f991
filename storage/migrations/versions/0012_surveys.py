"""surveys: the summaries count findings of the survey too; they are worked out anew after this."""

from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute('DELETE FROM tallies')


def downgrade() -> None:
    op.execute("DELETE FROM tallies WHERE what LIKE 'survey:%'")
