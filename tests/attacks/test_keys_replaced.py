"""Keys are replaced while the engine runs: two are good for a while, then the old one opens nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from engine.__main__ import main
from engine.edge.secret import load_secrets
from tests.live.client import Shopper
from tests.live.engine_process import ORIGIN, ShopEngine


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopEngine]:
    with ShopEngine(tmp_path_factory.mktemp("keys") / "one") as engine:
        yield engine


def keys(engine: ShopEngine, *words: str) -> int:
    return main(["keys", *words, "--data", str(engine.data)])


async def visit(engine: ShopEngine, token: str | None = None) -> tuple[str, str]:
    """Return the visitor, and the token that the engine gives."""
    async with Shopper(engine.stream, ORIGIN, token) as shopper:
        return shopper.visitor, str(shopper.token)


async def test_visitors_of_the_key_before_are_known_until_it_is_dropped(shop: ShopEngine) -> None:
    visitor, old = await visit(shop)
    old_id = old.partition(".")[0]
    assert await asyncio.to_thread(keys, shop, "rotate") == 0
    same, new = await visit(shop, old)
    assert same == visitor
    assert new.partition(".")[0] == load_secrets(shop.data)[0].id != old_id
    assert await asyncio.to_thread(keys, shop, "drop", old_id) == 0
    assert (await visit(shop, new))[0] == visitor
    assert (await visit(shop, old))[0] != visitor


async def test_key_that_is_staged_is_accepted_and_signs_when_it_is_told_to(
    shop: ShopEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    signing = load_secrets(shop.data)[0].id
    assert await asyncio.to_thread(keys, shop, "rotate", "--stage") == 0
    staged = capsys.readouterr().out.partition(" ")[0]
    _, token = await visit(shop)
    assert token.partition(".")[0] == signing
    assert await asyncio.to_thread(keys, shop, "rotate", "--to", staged) == 0
    _, token = await visit(shop, token)
    assert token.partition(".")[0] == staged


def test_secret_key_is_replaced_by_another_for_its_site_and_both_open_it(
    shop: ShopEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(shop.data)]
    assert main(["sites", "secret", shop.site, "--name", "till", *data]) == 0
    old = capsys.readouterr().out.split()[0]
    old_id = old.partition(".")[0]
    assert keys(shop, "rotate", old_id) == 0
    new = capsys.readouterr().out.split()[0]
    assert [asked(shop, each) for each in (old, new)] == [200, 200]
    assert main(["sites", "revoke", old_id, *data]) == 0
    assert [asked(shop, each) for each in (old, new)] == [401, 200]
    capsys.readouterr()
    assert keys(shop, "list") == 0
    listed = capsys.readouterr().out
    assert f"{old_id}  {shop.site}  revoked " in listed
    assert f"{new.partition('.')[0]}  {shop.site}  good  made " in listed
    assert not [each for each in (old, new) if each.partition(".")[2] in listed]
    assert not [each for each in load_secrets(shop.data) if each.key.hex() in listed]


def test_key_that_was_revoked_or_never_was_is_not_replaced(
    shop: ShopEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys(shop, "rotate", "sk_nobody") == 1
    assert "no secret key that is good has the id 'sk_nobody'" in capsys.readouterr().err


def test_key_file_stays_the_owners_alone(shop: ShopEngine) -> None:
    assert Path(shop.data / "secret.key").stat().st_mode & 0o777 == 0o600


def asked(engine: ShopEngine, secret: str) -> int:
    """Return what a secret key is answered."""
    answer = httpx.get(f"{engine.url}/v1/subscribers", headers={"Authorization": f"Bearer {secret}"})
    return answer.status_code
