"""Words that must never be seen are put everywhere they may be, and looked for in all that the engine says."""

from __future__ import annotations

import asyncio
import secrets
import signal
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from engine.__main__ import main
from engine.edge.secret import load_secrets
from engine.server import Started
from engine.settings import Settings
from tests.attacks.routes import KEY, PROBES
from tests.attacks.two_shops import Shop, TwoShops
from tests.live.client import Shopper
from tests.plain_http import NO_TLS

CANARY = f"canary{secrets.token_hex(8)}"
"""Stands for whatever a shopper says of themselves, and for passwords."""


@pytest.fixture(scope="module")
def told(two_shops: TwoShops) -> dict[str, str]:
    """All that an engine says to those who have no secret key, after shoppers and strangers have said the canary."""
    asyncio.run(_say_it_everywhere(two_shops))
    answers = {f"answer to {name}": text for name, text in asyncio.run(_strangers(two_shops)).items()}
    metrics = two_shops.metrics
    two_shops.process.send_signal(signal.SIGTERM)
    two_shops.process.wait(15)
    return {**answers, "metrics": metrics, "log": two_shops.output}


async def _say_it_everywhere(two_shops: TwoShops) -> None:
    shop = two_shops.tea
    address = f"ws://{two_shops.host}/v1/stream?site={shop.key}"
    async with Shopper(address, shop.origin) as shopper:
        await shopper.view("home", f"/{CANARY}?q={CANARY}", title=CANARY)
        await shopper.event("search", search_term=CANARY)
        await shopper.event(CANARY[:20], value=CANARY)
        await shopper.event("chat_message", text=CANARY)
        await shopper.event("popup_submit", fire="f_1", fields={"email": f"{CANARY}@x.example"})
        await shopper.event("popup_view", fire=CANARY)
        await shopper.event("page_view", url="/", kind=CANARY)
        await shopper.event("cart", items=[{CANARY: {}}])
        await shopper.settled()
    for bad in ({"type": CANARY}, {"type": "hello", "v": CANARY}, {"type": "hello", "v": 1, "doc": CANARY * 9}):
        await _say_and_leave(address, shop, bad)


async def _say_and_leave(address: str, shop: Shop, frame: dict[str, Any]) -> None:
    socket = await connect(address, origin=shop.origin, compression=None, proxy=None)  # type: ignore[arg-type]
    await socket.send(orjson.dumps(frame).decode())
    with pytest.raises(ConnectionClosed):
        await socket.recv()


async def _strangers(two_shops: TwoShops) -> dict[str, str]:
    """Ask every route with no key or a wrong one, and for what is not there."""
    found: dict[str, str] = {}
    async with httpx.AsyncClient(base_url=two_shops.url, timeout=60, verify=NO_TLS) as client:
        for route, probe in PROBES.items():
            path = probe.path.replace("{visitor}", two_shops.tea.visitor).replace("{pool}", CANARY)
            headers = {"Authorization": f"Bearer sk_{CANARY}.{CANARY}"} if probe.who == KEY else {}
            answer = await client.request(probe.method, path, json={"codes": [1]}, headers=headers)
            found[" ".join(route)] = f"{answer.headers} {answer.text}"
        for path in ("/%00", f"/v1/stream?site={CANARY}", "/gallery/../../etc/passwd", "/v1/visitors/%2e%2e/why"):
            answer = await client.get(path, headers={"X-Forwarded-For": CANARY, "Host": CANARY})
            found[path] = f"{answer.headers} {answer.text}"
    return found


def secrets_of(two_shops: TwoShops) -> list[str]:
    keys = [each.key.hex() for each in load_secrets(two_shops.data)]
    of_shops = [each for shop in two_shops.shops for each in (shop.secret, shop.token, shop.address, shop.code)]
    return [*keys, *of_shops, *(shop.secret.partition(".")[2] for shop in two_shops.shops)]


def test_log_says_nothing_of_what_shoppers_said_and_no_secret(told: dict[str, str], two_shops: TwoShops) -> None:
    assert "listens on" in told["log"]
    for word in (CANARY, *secrets_of(two_shops), two_shops.tea.visitor, "Traceback"):
        assert word not in told["log"], word


def test_metrics_hold_nothing_of_what_shoppers_said_and_no_secret(told: dict[str, str], two_shops: TwoShops) -> None:
    assert "shopbell_events_total" in told["metrics"]
    for word in (CANARY, *secrets_of(two_shops), two_shops.tea.visitor, two_shops.tea.key):
        assert word not in told["metrics"], word


def test_answers_to_strangers_hold_no_secret_and_no_place_in_the_code(
    told: dict[str, str], two_shops: TwoShops
) -> None:
    assert len([name for name in told if name.startswith("answer to")]) > len(PROBES)
    for name, text in told.items():
        if name.startswith("answer to"):
            for word in (*secrets_of(two_shops), "Traceback", 'File "', "sqlalchemy", str(two_shops.data)):
                assert word not in text, (name, word)


def test_archive_and_live_state_hold_no_address_and_no_secret_key(told: dict[str, str], two_shops: TwoShops) -> None:
    assert told
    for path in (each for each in two_shops.data.rglob("*") if each.is_file()):
        held = path.read_bytes()
        for shop in two_shops.shops:
            assert shop.secret.partition(".")[2].encode() not in held, path
            assert path.name.startswith("shopbell.db") or shop.address.encode() not in held, path
        assert path.name.startswith("shopbell.db") or f"{CANARY}@".encode() not in held, path


def test_passwords_of_addresses_are_shown_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    urls = {
        "--redis": f"redis://shop:{CANARY}@127.0.0.1:1/0",
        "--database": f"postgresql://shop:{CANARY}@127.0.0.1:1/shopbell",
    }
    (tmp_path / "rules").mkdir()
    for flag, url in urls.items():
        common = ["--data", str(tmp_path / "data"), "--rules", str(tmp_path / "rules"), "--port", "0"]
        assert main(["serve", flag, url, *common]) == 1
    assert main(["coupons", "pools", "--database", urls["--database"], "--data", str(tmp_path / "data")]) == 1
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    shown = Started(Settings(redis_url=urls["--redis"], database_url=urls["--database"]), "http://x", "redis", 1)
    assert CANARY not in f"{shown} {shown!r}"
