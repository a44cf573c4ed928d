"""Popups that hold a code until it is certain: what is reserved, confirmed, given back and sent, in which order."""

from __future__ import annotations

from typing import Any

import pytest

from engine import firing
from engine.core.outcomes import KEPT
from engine.core.popup_parts import Coupon, Issued
from engine.offer import Asker, Reserved, WrittenCodes
from tests.edge.tabs import rules_of
from tests.stations import Stations

RULES = """
- rule: treat
  when: [page is home, exit_intent]
  show: {coupon: {title: "{{coupon.code}}", pool: ADD50}}
  limit: 9 per session
  priority: 5
- rule: plain
  when: [page is home, exit_intent]
  show: {chat: {text: Wait!}}
  limit: 9 per session
"""
LOUD = "holdout: 0%\npolicy: {quiet: 0s, popups_per_session: 9}\ncoupon_url: shopify\n"


class Office:
    """Gives one code, and says what it was asked; ``code`` is empty where it has none."""

    def __init__(self, stations: Stations) -> None:
        self.asked: list[str] = []
        self.code = "A1"
        self.least: tuple[float, ...] = ()
        self.confirms = True
        self.others_shown = 0
        self._stations = stations

    def least_orders(self, coupon: Coupon, site: str) -> tuple[float, ...]:
        return self.least

    async def reserve(self, coupon: Coupon, asker: Asker, now_ms: int) -> Reserved | None:
        self.asked.append(f"reserve {coupon.code} {asker.visitor} {asker.apply_template}")
        return Reserved(Issued(self.code), "7", "ADD50") if self.code else None

    async def confirm(self, reserved: Reserved, asker: Asker, now_ms: int) -> bool:
        assert len(self._stations.of("show")) == self.others_shown, "the code has left before it was confirmed"
        assert self._stations.store.kept == [], "Redis has the code before it was confirmed"
        self.asked.append("confirm")
        return self.confirms

    def release(self, reserved: Reserved) -> None:
        self.asked.append("release")


def stations_with(rules: str = RULES, site: str = LOUD) -> tuple[Stations, Office]:
    stations = Stations(rules_of(rules, site))
    office = Office(stations)
    stations.arbiter._office = office
    return stations, office


async def leaves(stations: Stations) -> None:
    await stations.views("home")
    await stations.happens("exit_intent")


def shown(stations: Stations) -> list[str]:
    return [show["rule"] for show in stations.of("show")]


async def test_code_is_reserved_then_claimed_then_confirmed_then_sent() -> None:
    stations, office = stations_with()
    await leaves(stations)
    assert office.asked == ["reserve ADD50 v1 /discount/{code}", "confirm"]
    [claim] = stations.store.claims
    assert (claim.frame, claim.coupon) == (b"", "7")
    [show] = stations.of("show")
    assert (show["rule"], show["popup"]["coupon"]["code"]) == ("treat", "A1")
    assert stations.store.kept == [show["fire"]]
    assert show["fire"].endswith(KEPT), "the ledger knows by it that there is something to write down"


async def test_pool_without_a_code_holds_the_rule_and_the_next_one_shows() -> None:
    stations, office = stations_with()
    office.code = ""
    await leaves(stations)
    assert shown(stations) == ["plain"]
    assert stations.counts["held treat no_code"] == 1
    await stations.happens("popup_close", fire=stations.of("show")[0]["fire"])
    await stations.happens("exit_intent")
    assert office.asked == ["reserve ADD50 v1 /discount/{code}"], "an empty pool is asked once on a page"


async def test_address_that_has_had_too_many_is_answered_like_one_for_whom_there_is_no_code() -> None:
    stations, office = stations_with()
    office.least = (0.0,)
    stations.tab.may_have_coupon = lambda: False
    await leaves(stations)
    assert office.asked == []
    assert shown(stations) == ["plain"]
    assert stations.counts["held treat no_code"] == 1


async def test_lost_claim_gives_the_code_back() -> None:
    stations, office = stations_with(site=LOUD.replace("popups_per_session: 9", "popups_per_session: 0"))
    await leaves(stations)
    assert shown(stations) == []
    assert office.asked == ["reserve ADD50 v1 /discount/{code}", "release"]
    assert stations.counts["held treat popups_per_session"] == 1


async def test_code_that_cannot_be_confirmed_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    stations, office = stations_with()
    office.confirms = False
    await leaves(stations)
    assert stations.counts["held treat no_code"] == 1
    assert office.asked == ["reserve ADD50 v1 /discount/{code}", "confirm", "release"]
    assert "A1" not in str(stations.sent)


async def test_held_out_visitor_takes_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firing, "is_held_out", lambda _visitor, rule, _site: rule.id == "treat")
    stations, office = stations_with()
    await leaves(stations)
    assert office.asked == []
    assert stations.counts["held treat held_out"] == 1


async def test_redis_that_does_not_answer_leaves_the_code_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    stations, office = stations_with()
    await stations.views("home")

    async def gone(*_: Any) -> Any:
        raise ConnectionError

    monkeypatch.setattr(stations.store, "claim", gone)
    await stations.happens("exit_intent")
    assert office.asked == ["reserve ADD50 v1 /discount/{code}"]
    assert len(stations.hung_up) == 1


async def test_variant_of_the_visitor_shows_and_is_counted() -> None:
    rules = """
- rule: offer
  when: [page is home, exit_intent]
  show: [{variant: a, weight: 0, chat: {text: A}}, {variant: b, chat: {text: B}}]
"""
    stations, _ = stations_with(rules)
    await leaves(stations)
    assert stations.of("show")[0]["popup"]["text"] == "B"
    assert "variant" not in stations.of("show")[0]
    assert stations.counts["fired offer b"] == 1
    assert stations.store.claims[0].variant == "b"


CHAIN = """
- rule: ask
  when: [page is home, exit_intent]
  show: {chat: {text: Hi, replies: [Later, {text: Tell me, start: treat}]}}
- rule: treat
  show: {coupon: {title: Here, pool: ADD50}}
"""


async def test_click_shows_the_popup_that_it_asks_for_once() -> None:
    stations, office = stations_with(CHAIN, LOUD.replace("quiet: 0s", "quiet: 1h"))
    await leaves(stations)
    fire = stations.of("show")[0]["fire"]
    office.others_shown = 1
    for _ in range(2):
        await stations.happens("popup_submit", fire=fire, fields={"step": "start", "choice": "1"})
    assert shown(stations) == ["ask", "treat"]
    assert stations.store.claims[-1].started_by == fire
    assert stations.counts["held treat page_view"] == 1


@pytest.mark.parametrize("fire", ["f_unknown", ""])
async def test_click_in_a_popup_that_was_never_shown_is_nothing(fire: str) -> None:
    stations, office = stations_with(CHAIN)
    await stations.views("home")
    await stations.happens("popup_submit", fire=fire or "f_0", fields={"step": "start", "choice": "1"})
    assert office.asked == []
    assert stations.sent[-1] == {"type": "ack", "seq": 2}


async def test_office_without_pools_takes_the_written_code() -> None:
    office, asker = WrittenCodes(), Asker("pk_shop", "v1", "f_1", "treat")
    reserved = await office.reserve(Coupon("ADD50", 50), asker, 0)
    assert reserved == Reserved(Issued("ADD50", 50))
    assert await office.confirm(reserved, asker, 0)
    office.release(reserved)


ON_CART = """
- rule: treat
  when: [page is cart]
  show: {coupon: {title: "{{coupon.code}}", pool: ADD50}}
  limit: 9 per session
"""


async def put(stations: Stations, value: float) -> None:
    items = [{"item_id": "cup", "quantity": 1, "price": value}] if value else []
    await stations.happens("cart", items=items, value=value, currency="TWD")


async def test_cart_below_the_least_order_holds_the_rule_until_it_is_enough() -> None:
    stations, office = stations_with(ON_CART)
    office.least = (1000.0,)
    await put(stations, 999)
    await stations.views("cart")
    assert office.asked == []
    assert stations.counts["held treat minimum_order"] == 1
    await put(stations, 999.5)
    assert shown(stations) == []
    await put(stations, 1000)
    assert shown(stations) == ["treat"]


async def test_cart_that_is_empty_or_unknown_may_still_become_enough() -> None:
    stations, office = stations_with(ON_CART)
    office.least = (1000.0,)
    await put(stations, 0)
    await stations.views("cart")
    assert shown(stations) == ["treat"]


async def test_pool_to_fall_back_on_may_be_good_for_less() -> None:
    stations, office = stations_with(ON_CART)
    office.least = (1000.0, 100.0)
    await put(stations, 500)
    await stations.views("cart")
    assert shown(stations) == ["treat"]


async def test_what_held_a_coupon_back_before_any_claim_is_noted() -> None:
    stations, office = stations_with(ON_CART)
    noted: list[tuple[str, str]] = []
    stations.arbiter._note = lambda _step, claim, reason: noted.append((claim.rule.id, reason))
    office.code = ""
    await stations.views("cart")
    assert noted == [("treat", "no_code")]
