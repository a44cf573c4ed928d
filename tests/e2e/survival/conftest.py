"""One engine, one shop and the network between them, for all tests of this folder."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.survival.network import Network
from tests.e2e.visit import Visit
from tests.engine_process import EngineProcess

NO_LIMIT = ("--events-per-second", "0", "--events-per-session", "0", "--archive-every", "0")
RULES = """
- rule: attention
  when: [page is cart, page.dwell > 300ms]
  show: {chat: {text: "Still thinking?"}}
  limit: 99 per session
"""


class Town:
    """A shop whose pages reach their engine through a network."""

    def __init__(self, engine: EngineProcess, network: Network, shop: Shop) -> None:
        self.engine = engine
        self.network = network
        self.shop = shop


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The town, as long as the folder's tests run."""
    folder: Path = tmp_path_factory.mktemp("town")
    rules = folder / "rules"
    rules.mkdir()
    (rules / "rules.yaml").write_text(RULES)
    (rules / "site.yaml").write_text("holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 99}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    engine = EngineProcess(folder, "--port", str(port), *NO_LIMIT)
    with Shop() as shop, Network(port) as network:
        shop.join(engine.data)
        shop.wear(network.url)
        with engine:
            yield Town(engine, network, shop)


@pytest.fixture
def town(built: Town) -> Iterator[Town]:
    """The town, with nothing broken in it."""
    yield built
    built.network.mend()
    built.network.cut()
    built.shop.clear()


@pytest.fixture
def shopper(browser: Browser, town: Town) -> Iterator[Visit]:
    """Somebody whom the shop does not know."""
    with Visit(browser, town.shop.url) as visit:
        yield visit


@pytest.fixture
def books(town: Town) -> Iterator[Ledger]:
    """What the engine has written down."""
    with Ledger(town.engine, town.shop.key) as ledger:
        yield ledger
