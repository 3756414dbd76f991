"""Help given to branches, remarks upon new members, the plan of a term; inspections that are planned."""

from alembic import op
import sqlalchemy as sa

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('help_visits',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('words', sa.String(), nullable=True),
    sa.Column('next_on', sa.Date(), nullable=True),
    sa.Column('state', sa.String(), server_default='kept', nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_help_visits_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_help_visits_unit_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_help_visits_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_help_visits'))
    )
    with op.batch_alter_table('help_visits', schema=None) as batch_op:
        batch_op.create_index('ix_help_visits_on', ['on'], unique=False)
        batch_op.create_index('ix_help_visits_unit_on', ['unit_id', 'on'], unique=False)

    op.create_table('member_remarks',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('state', sa.String(), server_default='kept', nullable=False),
    sa.Column('written_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_member_remarks_candidate_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_member_remarks_person_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_member_remarks_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_remarks'))
    )
    with op.batch_alter_table('member_remarks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_remarks_candidate_id'), ['candidate_id'], unique=False)

    with op.batch_alter_table('oversight', schema=None) as batch_op:
        batch_op.add_column(sa.Column('planned', sa.Boolean(), server_default=sa.text('false'), nullable=False))
        batch_op.add_column(sa.Column('result', sa.String(), nullable=True))

    op.create_table('term_plans',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('first_year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(), nullable=True),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('title', sa.String(), nullable=True),
    sa.Column('admissions', sa.Integer(), nullable=True),
    sa.Column('sources', sa.Integer(), nullable=True),
    sa.Column('admissions_before', sa.Integer(), nullable=True),
    sa.Column('sources_before', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_term_plans_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'first_year', name=op.f('pk_term_plans'))
    )


def downgrade() -> None:
    op.drop_table('term_plans')
    with op.batch_alter_table('oversight', schema=None) as batch_op:
        batch_op.drop_column('result')
        batch_op.drop_column('planned')

    op.drop_table('member_remarks')
    op.drop_table('help_visits')
