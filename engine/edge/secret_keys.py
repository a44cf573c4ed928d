"""
Secret keys, with which a site's own programs ask the engine: ``sk_ID.SECRET``.

Only a hash is stored. SHA-256 without salt or stretching is enough for it: a
secret is 256 random bits, and nobody finds those by trying.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from engine.edge.audit import note_act
from engine.edge.database import for_reading, migrate, open_database
from engine.edge.sites import site_table
from engine.edge.tables import metadata
from engine.refusal import Refusal

_PREFIX = "sk_"
_LONGEST = 128

_table = sa.Table(
    "secret_key",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("site", sa.String(64), sa.ForeignKey("site.key"), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
)


class UnknownKey(Refusal):
    """There is no such site or key."""


class SecretKeys:
    """Tells whose a secret key is. Each question is a read of the database: a revoked key is worthless at once."""

    def __init__(self, database: AsyncEngine) -> None:
        self._reader = for_reading(database)

    async def site_of(self, secret: str) -> str | None:
        """Return the public key of the site that a secret belongs to, or None. Whatever a client sends is looked at."""
        key_id, dot, _ = secret.partition(".")
        if not dot or len(secret) > _LONGEST or not secret.isascii() or not secret.startswith(_PREFIX):
            return None
        query = sa.select(_table.c.site, _table.c.hash).where(_table.c.id == key_id, _table.c.revoked_at.is_(None))
        async with self._reader.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None or not hmac.compare_digest(row.hash, _hash(secret)):
            return None
        return str(row.site)


async def make_key(url: str, site: str, name: str = "") -> str:
    """Make a secret key for a site, in the database of this URL, and return it. Raises UnknownKey, NoDatabase."""
    key_id = _PREFIX + base64.b32encode(secrets.token_bytes(5)).decode("ascii").lower()
    secret = f"{key_id}.{secrets.token_urlsafe(32)}"
    row = {"id": key_id, "site": site, "name": name, "hash": _hash(secret), "created_at": datetime.now(UTC)}
    async with _Writing(url) as connection:
        if (await connection.execute(sa.select(site_table.c.key).where(site_table.c.key == site))).first() is None:
            raise UnknownKey(f"no site has the key {site!r}, expected that of a site, as 'shopbell sites add' gave it")
        await connection.execute(sa.insert(_table).values(row))
        await note_act(connection)
    return secret


async def replace_key(url: str, key_id: str) -> str:
    """
    Make another key for the site of this one, under its name, and return it. Raises UnknownKey, NoDatabase.

    Both open the site until the old one is revoked.
    """
    async with _Writing(url) as connection:
        query = sa.select(_table.c.site, _table.c.name).where(_table.c.id == key_id, _table.c.revoked_at.is_(None))
        row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise UnknownKey(
            f"no secret key that is good has the id {key_id[:40]!r}, expected the part before its dot, sk_..."
        )
    return await make_key(url, row.site, row.name)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """What may be told of a secret key. ``revoked`` is empty while it is good."""

    id: str
    site: str
    name: str
    made: str
    revoked: str


async def known_keys(url: str) -> list[KnownKey]:
    """Return all secret keys, the oldest first. Raises NoDatabase."""
    query = sa.select(_table).order_by(_table.c.created_at, _table.c.id)
    async with _Writing(url) as connection:
        rows = (await connection.execute(query)).all()
    return [KnownKey(each.id, each.site, each.name, _day(each.created_at), _day(each.revoked_at)) for each in rows]


def _day(moment: datetime | None) -> str:
    return "" if moment is None else moment.date().isoformat()


async def revoke_key(url: str, key_id: str) -> None:
    """Make a key worthless. Raises UnknownKey, NoDatabase."""
    change = sa.update(_table).where(_table.c.id == key_id).values(revoked_at=datetime.now(UTC))
    async with _Writing(url) as connection:
        if (await connection.execute(change)).rowcount == 0:
            raise UnknownKey(f"no secret key has the id {key_id[:40]!r}, expected the part before its dot, sk_...")
        await note_act(connection)


class _Writing:
    """One transaction on the database of a URL, brought up to date first; closed afterwards."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def __aenter__(self) -> Any:
        await migrate(self._url)
        self._database = open_database(self._url)
        self._transaction = self._database.begin()
        return await self._transaction.__aenter__()

    async def __aexit__(self, *error: Any) -> None:
        try:
            await self._transaction.__aexit__(*error)
        finally:
            await self._database.dispose()


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()
