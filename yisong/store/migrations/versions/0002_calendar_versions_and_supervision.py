"""Calendar versions and supervision

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

from models import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("weekend_is_rest", sa.Boolean(), nullable=False),
        sa.Column("years", columns.StoredJson(), nullable=False),
        sa.Column("kept_at", columns.StoredInstant(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "calendar_activation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", columns.StoredInstant(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("finished_at", columns.StoredInstant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"],
            ["calendar_version.version"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "reprojection",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("old_due", sa.Date(), nullable=False),
        sa.Column("new_due", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["clock.id"],
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"],
            ["matter.id"],
        ),
        sa.ForeignKeyConstraint(
            ["version"],
            ["calendar_version.version"],
        ),
        sa.PrimaryKeyConstraint("clock_id", "version"),
    )
    with op.batch_alter_table("reprojection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reprojection_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index("ix_reprojection_status", ["status", "clock_id"], unique=False)

    op.create_table(
        "rung_act",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", columns.StoredInstant(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["clock.id"],
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["matter.id"],
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"],
            ["matter.id"],
        ),
        sa.PrimaryKeyConstraint("clock_id", "key", "kind"),
    )
    with op.batch_alter_table("rung_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rung_act_matter_id"), ["matter_id"], unique=False)

    op.create_table(
        "rung_proposal",
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["clock_id"],
            ["clock.id"],
        ),
        sa.ForeignKeyConstraint(
            ["matter_id"],
            ["matter.id"],
        ),
        sa.PrimaryKeyConstraint("clock_id", "key"),
    )
    with op.batch_alter_table("rung_proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rung_proposal_matter_id"), ["matter_id"], unique=False)
        batch_op.create_index("ix_rung_proposal_status", ["status", "clock_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rung_proposal", schema=None) as batch_op:
        batch_op.drop_index("ix_rung_proposal_status")
        batch_op.drop_index(batch_op.f("ix_rung_proposal_matter_id"))

    op.drop_table("rung_proposal")
    with op.batch_alter_table("rung_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rung_act_matter_id"))

    op.drop_table("rung_act")
    with op.batch_alter_table("reprojection", schema=None) as batch_op:
        batch_op.drop_index("ix_reprojection_status")
        batch_op.drop_index(batch_op.f("ix_reprojection_matter_id"))

    op.drop_table("reprojection")
    op.drop_table("calendar_activation")
    op.drop_table("calendar_version")
