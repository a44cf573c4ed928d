"""
The tables of coupons.

A visitor's place in a pool is an issue. Its unique key is what no crash gets
past: one issue that is ``live`` for a visitor and a pool, and one visitor for a
code. Times are ms since the epoch.
"""

import sqlalchemy as sa

from engine.edge.tables import metadata

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

pools = sa.Table(
    "coupon_pool",
    metadata,
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

codes = sa.Table(
    "coupon_code",
    metadata,
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
"""Unique codes. ``issue`` is the one that has it; NULL: it is free."""

issues = sa.Table(
    "coupon_issue",
    metadata,
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
"""``live`` is 1, or NULL once another issue has followed. ``holds`` counts the claims that may still show it."""

fires = sa.Table(
    "coupon_fire",
    metadata,
    sa.Column("fire", sa.String(64), primary_key=True),
    sa.Column("issue", sa.BigInteger, sa.ForeignKey("coupon_issue.id"), nullable=False, index=True),
    sa.Column("rule", sa.String(64), nullable=False),
    sa.Column("variant", sa.String(32), nullable=False),
    sa.Column("shown_ms", sa.BigInteger, nullable=False),
    sa.Column("viewed_ms", sa.BigInteger, nullable=True),
    sa.Column("copied_ms", sa.BigInteger, nullable=True),
)
"""Each showing of an issue's code."""

redemptions = sa.Table(
    "coupon_redemption",
    metadata,
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
"""Orders with a code of ours. ``issue`` is NULL where the code was given to nobody here."""

cursors = sa.Table(
    "coupon_cursor",
    metadata,
    sa.Column("site", sa.String(64), primary_key=True),
    sa.Column("shard", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.String(40), nullable=False),
)
"""How far each stream of a site's outcomes has been written down."""
