"""The engines, shops and browsers of the end-to-end tests; each test is a visitor whom nobody knows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from engine.app import DEMO_SITE
from tests.e2e.bare_browser import BareBrowser
from tests.e2e.chromium import chromium
from tests.e2e.firefox import Firefox
from tests.e2e.ledger import Ledger
from tests.e2e.shop import Shop
from tests.e2e.visit import Visit
from tests.engine_process import EngineProcess

RULES = Path(__file__).parent / "rules"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium that shows every page and gives it the focus."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def bare_browser() -> Iterator[BareBrowser]:
    """A Chromium in which tabs hide each other."""
    with BareBrowser() as browser:
        yield browser


@pytest.fixture(scope="package")
def firefox() -> Iterator[Firefox]:
    """A Firefox in which tabs hide each other."""
    with Firefox() as browser:
        yield browser


@pytest.fixture
def stranger(firefox: Firefox) -> Iterator[Firefox]:
    """Firefox, for a new visitor."""
    firefox.new_visitor()
    yield firefox
    firefox.leave()


@pytest.fixture(scope="package")
def engine(tmp_path_factory: pytest.TempPathFactory, shop_host: Shop) -> Iterator[EngineProcess]:
    """``shopbell demo`` with the rules of this folder, for the demo shop and for ``shop``."""
    flags = ("--rules", str(RULES), "--archive-every", "0")  # what was told stays where the ledgers look
    engine = EngineProcess(tmp_path_factory.mktemp("engine"), *flags, command="demo")
    shop_host.join(engine.data)
    with engine:
        shop_host.wear(engine.url)
        yield engine


@pytest.fixture(scope="package")
def shop_host() -> Iterator[Shop]:
    """What ``shop`` runs on."""
    with Shop() as shop:
        yield shop


@pytest.fixture
def shop(shop_host: Shop, engine: EngineProcess) -> Iterator[Shop]:
    """A shop of the tests' own that the engine serves, on another host than the engine."""
    yield shop_host
    shop_host.clear()


@pytest.fixture
def visit(browser: Browser, engine: EngineProcess) -> Iterator[Visit]:
    """A new visitor of the demo, on a desktop."""
    with Visit(browser, engine.url) as visit:
        yield visit


@pytest.fixture
def alone(bare_browser: BareBrowser) -> Iterator[BareBrowser]:
    """The bare browser, for a new visitor."""
    bare_browser.new_visitor()
    yield bare_browser
    bare_browser.leave()


@pytest.fixture
def ledger(engine: EngineProcess, shop: Shop) -> Iterator[Ledger]:
    """What the engine has written down of the visitors of ``shop``."""
    with Ledger(engine, shop.key) as ledger:
        yield ledger


@pytest.fixture
def demo_ledger(engine: EngineProcess) -> Iterator[Ledger]:
    """What the engine has written down of the visitors of the demo shop."""
    with Ledger(engine, DEMO_SITE) as ledger:
        yield ledger
