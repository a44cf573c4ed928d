"""The client that the documentation builds really runs, and counts exactly over a killed engine."""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

import pytest
import redis

from engine.__main__ import main
from engine.edge.keys import VisitorKeys
from tests.docs.pages import DOCS, examples
from tests.engine_process import EngineProcess, own_redis_url

PAGE = DOCS / "how-to" / "write-your-own-client.md"
ORIGIN = "https://app.shop.example"
RULE = """
- rule: cart-hesitation
  when: [page is cart, views(cart) > 2, page.dwell > 200ms]
  show: {chat: {text: "{{coupon.code}} takes {{coupon.value}} off.", coupon: {code: WELCOME100, value: 100}}}
"""


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """The page's program, saved as it says."""
    (example,) = examples(PAGE, "python")
    program = tmp_path / "shopper.py"
    program.write_text(example.text, "utf-8")
    return program


@pytest.fixture
def site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The key of a site that was added as the page says."""
    assert main(["sites", "add", "Mug Shop app", "--origin", ORIGIN, "--data", str(tmp_path / "data")]) == 0
    return capsys.readouterr().out.partition('data-site="')[2].partition('"')[0]


@pytest.fixture
def engine(tmp_path: Path, site: str) -> Iterator[EngineProcess]:
    """An engine with a rule that does not take ten seconds; started again it has the same port."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "cart.yaml").write_text(RULE)
    (rules / "site.yaml").write_text("holdout: 0%")
    with EngineProcess(tmp_path, "--port", str(free_port())) as process:
        yield process


@pytest.fixture
def stream(engine: EngineProcess, site: str) -> str:
    """The address of the site's stream."""
    return f"{engine.url.replace('http', 'ws')}/v1/stream?site={site}"


def test_client_takes_a_popup_at_its_third_visit_to_the_cart(client: Path, stream: str) -> None:
    run = [sys.executable, str(client), stream, ORIGIN]
    assert subprocess.check_output(run, text=True, timeout=60) == "WELCOME100 takes 100 off.\n"


def test_client_of_a_foreign_origin_is_told_so(client: Path, stream: str) -> None:
    run = [sys.executable, str(client), stream, "https://elsewhere.example"]
    ended = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "the engine wants no such client: an unknown site, or an origin that is not the site's\n"


async def test_client_loses_and_doubles_nothing_when_the_engine_is_killed(
    client: Path, engine: EngineProcess, stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper_class = load(client).Shopper
    monkeypatch.setattr(shopper_class, "_backoff_s", staticmethod(lambda _failures: 0.1))
    shopper = shopper_class(stream, ORIGIN)
    talking = asyncio.create_task(shopper.stay_connected())
    shopper.view("home", "/")
    await asyncio.wait_for(shopper.settled(), 30)

    for n in range(30):
        shopper.tell("size_chart_opened")
        await asyncio.sleep(0)
        if n == 10:
            engine.process.kill()
            engine.process.wait()
    engine.start()
    await asyncio.wait_for(shopper.settled(), 60)
    talking.cancel()
    with suppress(asyncio.CancelledError):
        await talking

    assert counters(engine, stream, shopper.token)[b"e:size_chart_opened"] == b"30"


def load(program: Path) -> ModuleType:
    """Return a program as a module."""
    spec = importlib.util.spec_from_file_location("shopper", program)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def counters(engine: EngineProcess, stream: str, token: str) -> dict[bytes, bytes]:
    """Return what is counted of the visitor whom a token names, in this session."""
    site, visitor = stream.partition("site=")[2], token.split(".")[1]
    with redis.Redis.from_url(own_redis_url(engine.data)) as store:
        found: dict[bytes, bytes] = store.hgetall(VisitorKeys(site, visitor).session)
    return found
