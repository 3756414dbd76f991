"""states of delivery."""

from alembic import op
import sqlalchemy as sa

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

ANSWER_WAITS = "kind = 'answer' AND state = 'queued'"
NOTICE_WAITS = "kind <> 'answer' AND state IN ('queued', 'held', 'sending')"
NOTICES = "kind <> 'answer'"


def _where(condition):
    return {'sqlite_where': sa.text(condition), 'postgresql_where': sa.text(condition)}


def upgrade() -> None:
    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lost_at', sa.BigInteger(), nullable=True))

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index('ix_outbox_recipient')
        batch_op.drop_index('ix_outbox_waiting')
        batch_op.add_column(sa.Column('kind', sa.String(), server_default='answer', nullable=False))
        batch_op.add_column(sa.Column('person_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('holder', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('tried_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('seen_at', sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_outbox_person_id'), 'people', ['person_id'], ['id'])

    op.execute("UPDATE outbox SET kind = 'notice' WHERE key NOT LIKE 'answer:%'")
    op.execute(
        "UPDATE outbox SET person_id = (SELECT person_id FROM addresses WHERE addresses.channel = outbox.channel "
        "AND addresses.address = outbox.address) WHERE kind = 'notice'"
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_waiting', ['due_at'], unique=False, **_where(ANSWER_WAITS))
        batch_op.create_index('ix_outbox_due', ['channel', 'due_at'], unique=False, **_where(NOTICE_WAITS))
        batch_op.create_index('ix_outbox_person', ['person_id', 'state', 'sent_at'], unique=False, **_where(NOTICES))


def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        for name in ('person', 'due', 'waiting'):
            batch_op.drop_index(f'ix_outbox_{name}')

    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_outbox_person_id'), type_='foreignkey')
        batch_op.drop_column('seen_at')
        batch_op.drop_column('tried_at')
        batch_op.drop_column('holder')
        batch_op.drop_column('person_id')
        batch_op.drop_column('kind')
        batch_op.create_index('ix_outbox_recipient', ['channel', 'address'], unique=False)
        batch_op.create_index('ix_outbox_waiting', ['due_at'], unique=False, **_where("state = 'queued'"))

    with op.batch_alter_table('addresses', schema=None) as batch_op:
        batch_op.drop_column('lost_at')
