"""figures."""

from alembic import op
import sqlalchemy as sa

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('tallies',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('what', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_tallies_unit_id')),
    sa.PrimaryKeyConstraint('unit_id', 'slot', 'what', name=op.f('pk_tallies')),
    sqlite_with_rowid=False
    )
    op.create_table('exits',
    sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('count', sa.Integer(), server_default=sa.text('1'), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['candidate_id'], ['candidates.id'], name=op.f('fk_exits_candidate_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_exits_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_exits_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exits')),
    sa.UniqueConstraint('candidate_id', name=op.f('uq_exits_candidate_id'))
    )
    with op.batch_alter_table('exits', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_exits_unit_id'), ['unit_id'], unique=False)

    op.create_table('more_targets',
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('whose', sa.String(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('quarter', sa.Integer(), nullable=False),
    sa.Column('admissions', sa.Integer(), nullable=True),
    sa.Column('sources', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_more_targets_unit_id'))
    )
    with op.batch_alter_table('more_targets', schema=None) as batch_op:
        batch_op.create_index('uq_more_targets', ['unit_id', 'whose', 'year', 'quarter'], unique=True)

    with op.batch_alter_table('case_dates', schema=None) as batch_op:
        batch_op.add_column(sa.Column('unit_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_case_dates_unit_id'), 'units', ['unit_id'], ['id'])
        batch_op.create_index('ix_case_dates_unit_event_on', ['unit_id', 'event', 'on'], unique=False)

    op.execute(
        'UPDATE case_dates SET unit_id = '
        '(SELECT unit_id FROM candidates WHERE candidates.id = case_dates.candidate_id)'
    )


def downgrade() -> None:
    with op.batch_alter_table('case_dates', schema=None) as batch_op:
        batch_op.drop_index('ix_case_dates_unit_event_on')
        batch_op.drop_constraint(batch_op.f('fk_case_dates_unit_id'), type_='foreignkey')
        batch_op.drop_column('unit_id')

    op.drop_table('more_targets')
    op.drop_table('exits')
    op.drop_table('tallies')
