"""A street of shops, an engine that serves it, and what the engine has heard of a visit there."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.e2e.ledger import Ledger
from tests.e2e.shop import site_key
from tests.e2e.shops.front import Front, Street
from tests.e2e.shops.stroll import Stroll
from tests.e2e.visit import Visit
from tests.engine_process import EngineProcess

SITE = """
holdout: 0%
languages: [en]
pages:
  cart: /my-things
  checkout: [/till/*]
"""


@pytest.fixture(scope="package")
def street() -> Iterator[Street]:
    """Where the shops are."""
    with Street() as street:
        yield street


@dataclass(frozen=True, slots=True)
class Counter:
    """The engine of this folder, and the key and the tag of the street in it."""

    engine: EngineProcess
    key: str

    @property
    def tag(self) -> str:
        """The line that the merchant pastes."""
        return f'<script async src="{self.engine.url}/s.js" data-site="{self.key}"></script>'


@pytest.fixture(scope="package")
def counter(tmp_path_factory: pytest.TempPathFactory, street: Street) -> Iterator[Counter]:
    """An engine that serves the street."""
    folder = tmp_path_factory.mktemp("street")
    (folder / "rules").mkdir()
    (folder / "rules" / "site.yaml").write_text(SITE)
    engine = EngineProcess(folder, "--archive-every", "0")
    key = site_key(engine.data, street.url)
    with engine:
        yield Counter(engine, key)


@pytest.fixture
def visit(browser: Browser, street: Street) -> Iterator[Visit]:
    """A visitor whom the street does not know."""
    with Visit(browser, street.url) as visit:
        yield visit


@pytest.fixture
def ledger(counter: Counter) -> Iterator[Ledger]:
    """What the engine has written down."""
    with Ledger(counter.engine, counter.key) as ledger:
        yield ledger


@pytest.fixture
def stroll(counter: Counter, street: Street, visit: Visit, ledger: Ledger) -> Callable[[type[Front]], Stroll]:
    """Opens a shop of a kind, and a tab in it."""

    def enter(kind: type[Front]) -> Stroll:
        street.front = kind(counter.tag)
        return Stroll(visit, ledger, street.front)

    return enter
