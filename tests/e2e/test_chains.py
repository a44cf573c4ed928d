"""A click in one popup brings the next one, in a browser before a live engine; a bar stays beside both."""

import pytest

from tests.e2e.ledger import Ledger
from tests.e2e.visit import Visit, sent_from, visitor_of, wait_for_shows, wait_until, wait_until_told

pytestmark = pytest.mark.e2e


def test_reply_brings_the_popup_that_it_starts_and_the_bar_stays_beside_it(visit: Visit, demo_ledger: Ledger) -> None:
    page = visit.open("/shop/?utm_campaign=chain")
    wait_for_shows(page, 2)
    page.get_by_role("log").get_by_text("What do you like?").wait_for()
    bar = page.get_by_text("Free shipping this week").first
    bar.wait_for()
    page.get_by_role("button", name="Shoes").click()
    page.get_by_role("log").get_by_text("Here they are.").wait_for()
    assert bar.is_visible()
    wait_until(page, "return watched.sent.filter(({ name }) => name === 'popup_view').length === 3")
    wait_until_told(page)
    assert [each["data"]["fields"] for each in sent_from(page, "popup_submit")] == [{"step": "start", "choice": "1"}]
    assert sorted(demo_ledger.firings(visitor_of(page))) == ["chain-asks", "chain-bar", "chain-shoes"]
    assert demo_ledger.tags(visitor_of(page)) == ["likes-shoes"]
    assert (visit.said, visit.thrown) == ([], [])
