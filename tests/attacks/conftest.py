"""What the attacks are made on."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.attacks.two_shops import TwoShops


@pytest.fixture(scope="module")
def two_shops(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoShops]:
    """An engine that serves two shops, in which everything has happened once."""
    with TwoShops(tmp_path_factory.mktemp("two") / "shops") as engine:
        # in a thread of its own: the test that asks first may have an event loop running
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, engine.fill()).result()
        yield engine
