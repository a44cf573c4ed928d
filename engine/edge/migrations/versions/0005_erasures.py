"""Visitors who are still to be erased."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of erasures that were asked for and are not carried out yet."""
    op.create_table(
        "erasure",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("visitor", sa.String(64), primary_key=True),
        sa.Column("asked_ms", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("erasure")
