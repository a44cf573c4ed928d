"""What the tests of the edge share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from engine.edge import coupon_office, database_watch
from engine.edge.database import open_database
from tests.edge.coupon_desk import Desk
from tests.edge.coupons import add_site


@pytest.fixture
async def desk(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(database_watch, "REFRESH_S", 0.01)
    monkeypatch.setattr(coupon_office, "DEADLINE_S", 30.0)  # the machine may be busy with other tests
    opened = open_database(database)
    await add_site(opened)
    desk = Desk(opened)
    yield desk
    await desk.office.close()
    await opened.dispose()
