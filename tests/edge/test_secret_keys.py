"""Secret keys: each opens its own site, and only its hash is kept."""

import asyncio
from pathlib import Path

import pytest

from engine.edge.database import database_url, open_database
from engine.edge.secret_keys import SecretKeys, UnknownKey, make_key, revoke_key
from engine.edge.sites import add_site


@pytest.fixture
def url(data: Path) -> str:
    return database_url(None, data)


async def test_key_opens_its_own_site(url: str) -> None:
    shop = await add_site(url, "Shop", ["https://shop.example"])
    other = await add_site(url, "Other", ["https://other.example"])
    secrets = [await make_key(url, site.key) for site in (shop, other)]
    database = open_database(url)
    assert [await SecretKeys(database).site_of(each) for each in secrets] == [shop.key, other.key]
    await database.dispose()


async def test_revoked_key_opens_nothing(url: str) -> None:
    shop = await add_site(url, "Shop", ["https://shop.example"])
    secret, kept = await make_key(url, shop.key, "old"), await make_key(url, shop.key, "new")
    await revoke_key(url, secret.partition(".")[0])
    database = open_database(url)
    assert await SecretKeys(database).site_of(secret) is None
    assert await SecretKeys(database).site_of(kept) == shop.key
    await database.dispose()


def test_secret_itself_is_not_stored(url: str, data: Path) -> None:
    async def make() -> list[str]:
        shop = await add_site(url, "Shop", ["https://shop.example"])
        return (await make_key(url, shop.key)).split(".")

    key_id, secret = asyncio.run(make())
    stored = b"".join(path.read_bytes() for path in data.iterdir() if path.is_file())
    assert key_id.encode() in stored
    assert secret.encode() not in stored


@pytest.mark.parametrize("change", ["", "sk_", "sk_x.y", "x" * 5_000, "sk_\u00e9.a", "{key}x", "{id}.", "{id}.guess"])
async def test_anything_else_opens_nothing(url: str, change: str) -> None:
    shop = await add_site(url, "Shop", ["https://shop.example"])
    secret = await make_key(url, shop.key)
    asked = change.replace("{key}", secret).replace("{id}", secret.partition(".")[0])
    database = open_database(url)
    assert await SecretKeys(database).site_of(asked) is None
    await database.dispose()


async def test_key_for_a_site_that_does_not_exist_is_refused(url: str) -> None:
    with pytest.raises(UnknownKey, match="no site has the key 'pk_nobody'"):
        await make_key(url, "pk_nobody")


async def test_key_that_does_not_exist_cannot_be_revoked(url: str) -> None:
    with pytest.raises(UnknownKey, match="no secret key has the id 'sk_nobody'"):
        await revoke_key(url, "sk_nobody")
