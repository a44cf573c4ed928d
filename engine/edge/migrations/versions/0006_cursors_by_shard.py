"""How far the streams of a site's outcomes have been written down, of which a cluster has several."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep a position for each stream; what there is belongs to the only one so far."""
    op.create_table(
        "coupon_cursor_by_shard",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("position", sa.String(40), nullable=False),
    )
    op.execute("INSERT INTO coupon_cursor_by_shard (site, shard, position) SELECT site, 0, position FROM coupon_cursor")
    op.drop_table("coupon_cursor")
    op.rename_table("coupon_cursor_by_shard", "coupon_cursor")


def downgrade() -> None:
    """Keep the position of the one stream that a single server has."""
    op.create_table(
        "coupon_cursor_of_site",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("position", sa.String(40), nullable=False),
    )
    op.execute(
        "INSERT INTO coupon_cursor_of_site (site, position) SELECT site, position FROM coupon_cursor WHERE shard = 0"
    )
    op.drop_table("coupon_cursor")
    op.rename_table("coupon_cursor_of_site", "coupon_cursor")
