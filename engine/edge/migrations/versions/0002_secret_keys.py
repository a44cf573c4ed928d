"""Secret keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of the keys with which a site's own programs ask."""
    op.create_table(
        "secret_key",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("site", sa.String(64), sa.ForeignKey("site.key"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    )


def downgrade() -> None:
    """Forget the keys."""
    op.drop_table("secret_key")
