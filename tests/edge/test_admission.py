"""Who may still come: limits for each address and each site."""

from __future__ import annotations

from collections.abc import Callable

from engine.edge.admission import Admission, Limits
from engine.settings import Settings


class Clock:
    """Seconds that a test lets pass."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def admission(clock: Callable[[], float] | None = None, **limits: float) -> Admission:
    return Admission(Limits(**limits), clock or Clock())  # type: ignore[arg-type]


def test_address_has_so_many_connections_and_no_more() -> None:
    hall = admission(connections_per_address=2)
    for _ in range(2):
        assert hall.refuses("9.9.9.9", "pk_a") == ""
        hall.enter("9.9.9.9", "pk_a")
    assert hall.refuses("9.9.9.9", "pk_b") == "address_full"
    assert hall.refuses("8.8.8.8", "pk_a") == ""
    hall.leave("9.9.9.9", "pk_a")
    assert hall.refuses("9.9.9.9", "pk_a") == ""


def test_site_has_so_many_connections_and_no_more() -> None:
    hall = admission(connections_per_site=1)
    hall.enter("9.9.9.9", "pk_a")
    assert hall.refuses("8.8.8.8", "pk_a") == "site_full"
    assert hall.refuses("8.8.8.8", "pk_b") == ""


def test_private_address_is_limited_by_its_site_alone() -> None:
    hall = admission(connections_per_address=1, connections_per_site=3, strikes=1, requests_per_minute=1)
    for _ in range(3):
        assert hall.refuses("", "pk_a") == ""
        hall.enter("", "pk_a")
        hall.strike("")
        assert hall.may_ask("")
        assert hall.may_submit("")
    assert hall.refuses("", "pk_a") == "site_full"


def test_nothing_is_kept_of_whoever_has_left() -> None:
    hall = admission(connections_per_address=5)
    for n in range(100):
        hall.enter(f"9.9.9.{n}", "pk_a")
    for n in range(100):
        hall.leave(f"9.9.9.{n}", "pk_a")
    assert not hall._by_address
    assert not hall._by_site


def test_third_strike_within_a_minute_keeps_an_address_out_for_the_next() -> None:
    clock = Clock()
    hall = admission(clock, strikes=3)
    for _ in range(2):
        hall.strike("9.9.9.9")
        assert hall.refuses("9.9.9.9", "pk_a") == ""
    hall.strike("9.9.9.9")
    assert hall.refuses("9.9.9.9", "pk_a") == "address_banned"
    assert hall.refuses("8.8.8.8", "pk_a") == ""
    clock.now += 59
    assert hall.refuses("9.9.9.9", "pk_a") == "address_banned"
    clock.now += 1
    assert hall.refuses("9.9.9.9", "pk_a") == ""
    for _ in range(3):
        hall.strike("8.8.8.8")
    assert "9.9.9.9" not in hall._banned


def test_strikes_long_after_each_other_are_forgiven() -> None:
    clock = Clock()
    hall = admission(clock, strikes=3)
    for _ in range(20):
        hall.strike("9.9.9.9")
        clock.now += 21
        assert hall.refuses("9.9.9.9", "pk_a") == ""


def test_limits_of_nothing_limit_nothing() -> None:
    hall = admission()
    for _ in range(1_000):
        hall.strike("9.9.9.9")
        assert hall.refuses("9.9.9.9", "pk_a") == ""
        hall.enter("9.9.9.9", "pk_a")
        assert hall.may_ask("9.9.9.9")
        assert hall.may_submit("9.9.9.9")
    assert hall.pace_of("pk_a") is None


def test_site_has_one_pace_of_which_each_process_has_its_share() -> None:
    hall = admission(site_events_per_second=10, workers=2)
    pace, other = hall.pace_of("pk_a"), hall.pace_of("pk_b")
    assert pace is not None
    assert other is not None
    assert pace is hall.pace_of("pk_a")
    assert sum(pace.take(5.0) for _ in range(100)) == 20
    assert other.take(5.0)


def test_address_may_ask_and_send_forms_so_often_a_minute() -> None:
    clock = Clock()
    hall = admission(clock, requests_per_minute=60, forms_per_minute=2, posts_per_minute=7, hits_per_minute=9)
    assert sum(hall.may_come("9.9.9.9") for _ in range(100)) == 9
    assert hall.may_come("")
    assert sum(hall.may_post("9.9.9.9") for _ in range(100)) == 7
    assert hall.may_post("")
    assert sum(hall.may_ask("9.9.9.9") for _ in range(100)) == 60
    assert sum(hall.may_submit("9.9.9.9") for _ in range(100)) == 2
    assert hall.may_ask("8.8.8.8")
    assert hall.may_have_coupon("9.9.9.9")
    clock.now += 1
    assert hall.may_ask("9.9.9.9")
    assert not hall.may_submit("9.9.9.9")


def test_address_is_given_so_many_coupons_a_day() -> None:
    clock = Clock()
    hall = admission(clock, coupons_per_day=24)
    assert sum(hall.may_have_coupon("9.9.9.9") for _ in range(100)) == 24
    assert hall.may_have_coupon("8.8.8.8")
    assert all(hall.may_have_coupon("") for _ in range(100))
    clock.now += 3_600
    assert [hall.may_have_coupon("9.9.9.9") for _ in range(2)] == [True, False]


def test_limits_are_the_settings_of_the_same_names() -> None:
    limits = Limits.of(Settings(connections_per_address=7, workers=3))
    assert (limits.connections_per_address, limits.workers, limits.strikes) == (7, 3, 3)


def test_address_is_what_a_trusted_proxy_tells() -> None:
    hall = admission()
    assert hall.address_of("127.0.0.1", ["9.9.9.9"]) == "9.9.9.9"
    assert hall.address_of("9.9.9.9", ["1.1.1.1"]) == "9.9.9.9"
    assert hall.address_of("127.0.0.1", []) == ""


def test_connections_of_a_trusted_proxy_are_not_those_of_one_visitor() -> None:
    hall = Admission(Limits(sockets_per_address=1, trusted_proxies="9.9.9.9"))
    assert (hall.socket_of("9.9.9.9"), hall.socket_of("8.8.8.8"), hall.socket_of("10.0.0.1")) == ("", "8.8.8.8", "")
    assert [hall.open_socket(hall.socket_of(peer)) for peer in ("9.9.9.9", "9.9.9.9", "8.8.8.8", "8.8.8.8")] == [
        True, True, True, False,
    ]  # fmt: skip
