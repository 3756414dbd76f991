"""paces."""

from alembic import op
import sqlalchemy as sa

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pace_days',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('worked_out_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_pace_days_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', name=op.f('pk_pace_days'))
    )
    op.create_table('paces',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('step', sa.String(), nullable=False),
    sa.Column('following', sa.String(), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('days', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_paces_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'area', 'step', 'following', name=op.f('pk_paces'))
    )


def downgrade() -> None:
    op.drop_table('paces')
    op.drop_table('pace_days')
