"""A popup's life: when it opens, what the shopper does with it, how it goes and stays away."""

from functools import partial

import pytest
from playwright.sync_api import Page

from tests.e2e.ledger import Ledger
from tests.e2e.visit import (
    Visit,
    arms_on,
    go,
    popup_on,
    sent_from,
    visitor_of,
    wait_for_popup,
    wait_for_shows,
    wait_until_gone,
    wait_until_old,
)
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

THRESHOLD_MS = 400
LONG_AFTER_MS = 3 * THRESHOLD_MS


def test_second_visit_of_the_cart_arms_nothing_and_shows_nothing(visit: Visit) -> None:
    page = visit.open("/shop/?utm_campaign=third-cart", "/shop/cart", "/shop/c/tea", "/shop/cart")
    assert not any("page_dwell" in arm for arm in arms_on(page))
    wait_until_old(page, LONG_AFTER_MS)
    assert popup_on(page).count() == 0


def test_third_visit_of_the_cart_arms_the_threshold_and_shows_the_popup_once_it_is_passed(visit: Visit) -> None:
    page = visit.open("/shop/cart?utm_campaign=third-cart", "/shop/cart")
    go(page, "/shop/cart")
    assert {"page_dwell": [THRESHOLD_MS + 1]} in arms_on(page)
    assert "Still thinking?" in wait_for_popup(page).inner_text()
    assert sum(sent["data"]["ms"] for sent in sent_from(page, "page_dwell")) > THRESHOLD_MS


def test_closed_popup_stays_away_for_the_session_on_this_page_and_in_another_tab(visit: Visit) -> None:
    page = visit.open("/shop/cart?utm_campaign=third-cart", "/shop/cart", "/shop/cart")
    wait_for_popup(page).get_by_role("button", name="Close").click()
    wait_until_gone(page)
    go(page, "/shop/cart")
    other = visit.open("/shop/cart")
    wait_until_old(page, LONG_AFTER_MS)
    wait_until_old(other, LONG_AFTER_MS)
    assert [popup_on(each).count() for each in (page, other)] == [0, 0]


def test_popup_that_was_not_seen_yet_is_shown_once_after_a_reconnect(visit: Visit) -> None:
    page = visit.open("/shop/search")
    page.get_by_role("searchbox").focus()  # nobody is disturbed while typing
    page.evaluate("shopbell('event', 'help_wanted')")
    wait_for_shows(page, 1)
    page.evaluate("watched.sockets[0].close()")
    assert len(set(wait_for_shows(page, 2))) == 1
    assert popup_on(page).count() == 0
    page.get_by_role("searchbox").blur()
    wait_for_popup(page).get_by_role("button", name="Close").click()
    wait_until_gone(page)
    assert len(sent_from(page, "popup_view")) == 1


def test_popup_that_was_not_seen_before_its_page_was_left_shows_on_the_next(visit: Visit, demo_ledger: Ledger) -> None:
    page = visit.open("/shop/search")
    page.get_by_role("searchbox").focus()
    page.evaluate("shopbell('event', 'help_wanted')")
    [fire] = wait_for_shows(page, 1)
    page.goto("/shop/search")
    wait_for_popup(page)
    assert fire not in wait_for_shows(page, 1)
    assert demo_ledger.taken_back(visitor_of(page)) == ["help-wanted"]


def test_answer_gets_its_own_follow_up_and_another_the_popups(visit: Visit) -> None:
    page = visit.open("/shop/?utm_campaign=chats")
    chat = wait_for_popup(page)
    chat.get_by_role("button", name="How long is delivery?").click()
    chat.get_by_text("Two to three days.").wait_for()
    assert chat.get_by_role("button", name="Just looking").count() == 0
    go(page, "/shop/c/tea")
    chat = wait_for_popup(page)
    chat.get_by_role("button", name="Just looking").click()
    chat.get_by_text("Gladly.").wait_for()
    assert [sent["data"]["text"] for sent in sent_from(page, "chat_message")] == ["Just looking"]


@pytest.mark.parametrize(("campaign", "code"), [("chats", "WELCOME100"), ("coupons", "ADD50")])
def test_copy_button_copies_the_code(visit: Visit, campaign: str, code: str) -> None:
    visit.allow("clipboard-read", "clipboard-write")
    page = visit.open(f"/shop/?utm_campaign={campaign}")
    popup = wait_for_popup(page)
    popup.get_by_role("button", name="Copy").click()
    popup.get_by_role("status").get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == code
    assert len(sent_from(page, "popup_copy")) == 1


def test_button_of_a_coupon_leads_where_it_says_and_is_counted(visit: Visit, demo_ledger: Ledger) -> None:
    page = visit.open("/shop/?utm_campaign=coupons")
    wait_for_popup(page).get_by_role("link", name="To the cart").click()
    page.wait_for_url("**/shop/cart")
    visitor = visitor_of(page)
    wait_for(lambda: demo_ledger.count(visitor, "e:popup_click") == 1)


def popups_on(tabs: list[Page]) -> int:
    return sum(popup_on(tab).count() for tab in tabs)


def is_armed(tab: Page, tabs: list[Page]) -> bool:
    """Say whether the page waits for the threshold; on a slow machine another tab may have passed it already."""
    return {"page_dwell": [THRESHOLD_MS + 1]} in arms_on(tab) or popups_on(tabs) > 0


def test_two_tabs_that_pass_the_threshold_at_the_same_moment_show_one_popup(visit: Visit, demo_ledger: Ledger) -> None:
    tabs = [visit.open("/shop/cart?utm_campaign=third-cart"), visit.open("/shop/cart")]
    for tab in tabs:
        tab.goto("/shop/cart", wait_until="commit")  # the page itself is not awaited: both load at once
    for tab in tabs:
        wait_for(partial(is_armed, tab, tabs))
        wait_until_old(tab, LONG_AFTER_MS)
    wait_for(lambda: popups_on(tabs) == 1)
    assert {visitor_of(tab): demo_ledger.firings(visitor_of(tab)) for tab in tabs} == {
        visitor_of(tabs[0]): ["third-cart"]
    }
