"""Coupons: pools, codes, who has which, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "coupon_pool",
        sa.Column("site", sa.String(64), sa.ForeignKey("site.key"), primary_key=True),
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.Float, nullable=True),
        sa.Column("minimum", sa.Float, nullable=True),
        sa.Column("expires_ms", sa.BigInteger, nullable=True),
        sa.Column("again_ms", sa.BigInteger, nullable=True),
        sa.Column("warn_below", sa.Integer, nullable=True),
        sa.Column("fallback", sa.String(64), nullable=False),
    )
    _codes()
    _issues()
    op.create_table(
        "coupon_fire",
        sa.Column("fire", sa.String(64), primary_key=True),
        sa.Column("issue", sa.BigInteger, sa.ForeignKey("coupon_issue.id"), nullable=False, index=True),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("variant", sa.String(32), nullable=False),
        sa.Column("shown_ms", sa.BigInteger, nullable=False),
        sa.Column("viewed_ms", sa.BigInteger, nullable=True),
        sa.Column("copied_ms", sa.BigInteger, nullable=True),
    )
    op.create_table(
        "coupon_redemption",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("transaction", sa.String(128), primary_key=True),
        sa.Column("pool", sa.String(80), nullable=False),
        sa.Column("issue", sa.BigInteger, sa.ForeignKey("coupon_issue.id"), nullable=True),
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("value", sa.Float, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Index("coupon_redemption_pool", "site", "pool"),
    )
    op.create_table(
        "coupon_cursor",
        sa.Column("site", sa.String(64), primary_key=True),
        sa.Column("position", sa.String(40), nullable=False),
    )


def _codes() -> None:
    op.create_table(
        "coupon_code",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("pool", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("folded", sa.String(192), nullable=False),
        sa.Column("issue", sa.BigInteger, nullable=True),
        sa.ForeignKeyConstraint(["site", "pool"], ["coupon_pool.site", "coupon_pool.name"]),
        sa.UniqueConstraint("site", "folded", name="coupon_code_once"),
        sa.UniqueConstraint("issue", name="coupon_code_of_one"),
        sa.Index("coupon_code_free", "site", "pool", "issue", "id"),
    )


def _issues() -> None:
    op.create_table(
        "coupon_issue",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("pool", sa.String(80), nullable=False),
        sa.Column("visitor", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("folded", sa.String(192), nullable=False),
        sa.Column("live", sa.Integer, nullable=True),
        sa.Column("holds", sa.Integer, nullable=False),
        sa.Column("reserved_ms", sa.BigInteger, nullable=False),
        sa.Column("shown_ms", sa.BigInteger, nullable=True),
        sa.Column("ends_ms", sa.BigInteger, nullable=True),
        sa.Column("redeemed_ms", sa.BigInteger, nullable=True),
        sa.UniqueConstraint("site", "pool", "visitor", "live", name="coupon_issue_live"),
        sa.Index("coupon_issue_code", "site", "folded"),
        sa.Index("coupon_issue_reserved", "shown_ms", "reserved_ms"),
    )


def downgrade() -> None:
    """Forget all coupons."""
    for table in ("cursor", "redemption", "fire", "code", "issue", "pool"):
        op.drop_table(f"coupon_{table}")
