"""Subscribers who have left."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep when somebody left."""
    op.add_column("subscriber", sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget those who have left: the version before would write to them again."""
    op.execute("DELETE FROM subscriber WHERE status = 'unsubscribed'")
    op.drop_column("subscriber", "unsubscribed_at")
