"""The sites an engine serves: who may open a stream, looked up at each upgrade without waiting."""

import base64
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.core.origins import normalise_origin
from engine.core.site_folders import NamedSite
from engine.edge.audit import note_act
from engine.edge.database import migrate, open_database
from engine.edge.database_watch import DatabaseWatch
from engine.edge.tables import metadata
from engine.refusal import Refusal

logger = logging.getLogger("shopbell.sites")


class NoSite(Refusal):
    """There is no such site."""


site_table = sa.Table(
    "site",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("origins", sa.JSON, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Site:
    """One shop. Its key is public: it stands in the shop's pages."""

    key: str
    name: str
    origins: frozenset[str]


class Sites:
    """
    All sites, in memory. The database's connections are its own from then on.

    While it is open, a site that another process adds is known here within about a second.
    """

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database
        self._sites: dict[str, Site] = {}
        self._watch = DatabaseWatch(database, self._read, "sites", logger)

    def get(self, key: str) -> Site | None:
        """Return the site of this key, or None."""
        return self._sites.get(key)

    def keys(self) -> list[str]:
        """Return the keys of all sites."""
        return list(self._sites)

    def all(self) -> list[Site]:
        """Return all sites."""
        return list(self._sites.values())

    def named(self) -> list[NamedSite]:
        """Return all sites as operators know them."""
        return [NamedSite(each.key, each.name) for each in self._sites.values()]

    def __len__(self) -> int:
        return len(self._sites)

    async def open(self) -> None:
        """Read the sites and go on looking for new ones until ``close``."""
        await self._watch.open()

    async def close(self) -> None:
        """Look no further."""
        await self._watch.close()
        await self._database.dispose()

    async def add(self, name: str, origins: Sequence[str], key: str | None = None) -> Site:
        """
        Add a site, or change the one of this key, and return it. Raises BadOrigin.

        Without a key it gets a new one.
        """
        normal = sorted({normalise_origin(origin) for origin in origins})
        key = key or new_site_key()
        async with self._database.begin() as connection:
            changed = await connection.execute(
                sa.update(site_table).where(site_table.c.key == key).values(name=name, origins=normal)
            )
            if changed.rowcount == 0:
                site = {"key": key, "name": name, "origins": normal, "created_at": datetime.now(UTC)}
                await connection.execute(sa.insert(site_table).values(site))
            await note_act(connection)
        await self.refresh()
        return self._sites[key]

    async def refresh(self) -> None:
        """Read the sites again."""
        await self._watch.refresh()

    async def _read(self, connection: AsyncConnection) -> None:
        rows = await connection.execute(sa.select(site_table.c.key, site_table.c.name, site_table.c.origins))
        self._sites = {row.key: Site(row.key, row.name, frozenset(row.origins)) for row in rows}


async def sites_in(connection: AsyncConnection) -> list[str]:
    """Return the keys of all sites, the oldest first."""
    query = sa.select(site_table.c.key).order_by(site_table.c.created_at)
    return list((await connection.execute(query)).scalars())


async def add_site(url: str, name: str, origins: Sequence[str]) -> Site:
    """Add a site to the database of this URL, also beside an engine that runs on it. Raises BadOrigin, NoDatabase."""
    await migrate(url)
    sites = Sites(open_database(url))
    try:
        return await sites.add(name, origins)
    finally:
        await sites.close()


async def change_site(url: str, key: str, name: str | None, origins: Sequence[str] | None) -> Site:
    """
    Give a site of the database of this URL another name, or other origins, and return it; None leaves them.

    Engines that run on it know within about a second. Raises BadOrigin, NoSite, NoDatabase.
    """
    found = await find_site(url, key)
    sites = Sites(open_database(url))
    try:
        return await sites.add(name or found.name, origins or sorted(found.origins), key)
    finally:
        await sites.close()


async def all_sites(url: str) -> list[Site]:
    """Return all sites of the database of this URL. Raises NoDatabase."""
    await migrate(url)
    sites = Sites(open_database(url))
    try:
        await sites.refresh()
        return sites.all()
    finally:
        await sites.close()


async def find_site(url: str, key: str) -> Site:
    """Return a site of the database of this URL. Raises NoSite, NoDatabase."""
    found = next((each for each in await all_sites(url) if each.key == key), None)
    if found is None:
        raise NoSite(f"no site has the key {key!r}, expected that of a site, as 'shopbell sites add' gave it")
    return found


def new_site_key() -> str:
    """Return a new public key; nobody guesses one, though knowing one is worth nothing."""
    return "pk_" + base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower()
