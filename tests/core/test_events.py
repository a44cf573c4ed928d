"""The vocabulary of the stream."""

from __future__ import annotations

from engine.core.events import ARMED_ONLY, NOWHERE, POPUP_EVENTS, SIGNALS, Cart, Event, Product


def test_signals_are_among_what_comes_only_when_armed() -> None:
    assert set(SIGNALS) < set(ARMED_ONLY)
    assert set(ARMED_ONLY) - set(SIGNALS) == {"scroll", "idle", "wake"}


def test_popup_events_say_what_they_are_in_their_names() -> None:
    assert {each.removeprefix("popup_") for each in POPUP_EVENTS} == {"view", "click", "close", "copy", "submit"}


def test_page_of_nobody_is_of_no_kind_that_a_rule_would_wait_for() -> None:
    assert (NOWHERE.kind, NOWHERE.path, NOWHERE.category_id, NOWHERE.product) == ("other", "", "", None)


def test_event_measures_nothing_that_it_does_not_say() -> None:
    event = Event(1, "login")
    assert (event.ms, event.percent, event.cart, event.shown, event.page, event.doc) == (0, 0, None, None, None, None)
    assert Cart() == (0, "", 0, 0)


def test_values_that_say_the_same_are_the_same() -> None:
    one, other = Product("cup", price=620), Product("cup", price=620)
    assert (one == other, hash(one) == hash(other), one == Product("pot"), one == "cup") == (True, True, False, False)


def test_value_shows_what_it_holds() -> None:
    assert repr(Product("cup", price=620)).startswith("Product(id='cup', name='', price=620, ")
