"""positions: who holds the positions of the neighbourhood, marks of branches, places without members."""

from alembic import op
import sqlalchemy as sa

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('positions',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('posts', sa.Integer(), nullable=False),
    sa.Column('held', sa.Integer(), nullable=False),
    sa.Column('members', sa.Integer(), nullable=False),
    sa.Column('said_on', sa.Date(), nullable=False),
    sa.Column('said_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['said_by'], ['people.id'], name=op.f('fk_positions_said_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_positions_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'kind', name=op.f('pk_positions'))
    )
    op.create_table('unit_marks',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('mark', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_marks_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'mark', name=op.f('pk_unit_marks'))
    )
    op.create_index('ix_unit_marks_mark', 'unit_marks', ['mark', 'unit_id'], unique=False)
    op.create_table('places',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('noted_on', sa.Date(), nullable=False),
    sa.Column('noted_by', sa.Integer(), nullable=True),
    sa.Column('solved_on', sa.Date(), nullable=True),
    sa.Column('branch_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['branch_id'], ['units.id'], name=op.f('fk_places_branch_id')),
    sa.ForeignKeyConstraint(['noted_by'], ['people.id'], name=op.f('fk_places_noted_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_places_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_places'))
    )
    with op.batch_alter_table('places', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_places_unit_id'), ['unit_id'], unique=False)


def downgrade() -> None:
    op.drop_table('places')
    op.drop_table('unit_marks')
    op.drop_table('positions')
