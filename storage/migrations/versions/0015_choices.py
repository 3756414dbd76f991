"""choices: what a number means in a chat on a messenger without buttons; and which chat was used last."""

from alembic import op
import sqlalchemy as sa

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('choices',
    sa.Column('channel', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('outbox_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('marks', sa.Text(), nullable=False),
    sa.Column('before', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('channel', 'address', name=op.f('pk_choices'))
    )
    op.add_column('addresses', sa.Column('used_at', sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column('addresses', 'used_at')
    op.drop_table('choices')
