"""Whose request it is: what a connection says of its address, and what only trusted proxies may say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.addresses import client_of, neighbourhood, read_address, read_proxies

PROXY = read_proxies("127.0.0.1, 10.0.0.0/8, fd00::/8")
TRUSTING = read_proxies("*")


def whose(peer: str, *forwarded: str, trusting: bool = False) -> str:
    address = client_of(peer, forwarded, TRUSTING if trusting else PROXY)
    return "" if address is None else str(address)


def test_without_a_proxy_it_is_the_connections_own() -> None:
    assert whose("9.9.9.9") == "9.9.9.9"


def test_what_a_stranger_says_of_itself_does_not_count() -> None:
    assert whose("9.9.9.9", "1.1.1.1") == "9.9.9.9"


def test_trusted_proxy_tells_who_asked_it() -> None:
    assert whose("127.0.0.1", "1.1.1.1") == "1.1.1.1"
    assert whose("fd00::1", "1.1.1.1") == "1.1.1.1"


def test_what_the_client_wrote_before_its_proxy_is_not_believed() -> None:
    assert whose("127.0.0.1", "8.8.8.8, 1.1.1.1") == "1.1.1.1"
    assert whose("127.0.0.1", "8.8.8.8", "1.1.1.1") == "1.1.1.1"


def test_row_of_trusted_proxies_is_followed_to_its_end() -> None:
    assert whose("127.0.0.1", "8.8.8.8, 1.1.1.1, 10.2.3.4") == "1.1.1.1"
    assert whose("127.0.0.1", "10.1.1.1, 10.2.3.4") == "10.1.1.1"


def test_where_everybody_is_trusted_the_first_word_counts() -> None:
    assert whose("9.9.9.9", "8.8.8.8, 1.1.1.1", trusting=True) == "8.8.8.8"


@pytest.mark.parametrize("word", ["unknown", "_hidden", "", "1.1.1.1.1", "x" * 9_000])
def test_word_that_is_no_address_is_nobodys(word: str) -> None:
    assert whose("127.0.0.1", f"1.1.1.1, {word}") == ""


def test_peer_without_an_address_is_nobody() -> None:
    assert whose("") == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" 1.1.1.1 ", "1.1.1.1"), ("1.1.1.1:443", "1.1.1.1"), ('"[2606::1]:443"', "2606::1"), ("2606::1", "2606::1"),
        ("fe80::1%eth0", "fe80::1"), ("::ffff:1.1.1.1", "1.1.1.1"),
    ],
)  # fmt: skip
def test_address_is_read_as_peers_and_proxies_write_it(text: str, address: str) -> None:
    assert str(read_address(text)) == address


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("9.9.9.9", "9.9.9.9"),
        ("2606:4700:1:2:3:4:5:6", "2606:4700:1:2::/64"),
        ("2606:4700:1:2::9", "2606:4700:1:2::/64"),
        ("::ffff:9.9.9.9", "9.9.9.9"),
        ("127.0.0.1", ""), ("10.1.2.3", ""), ("192.168.0.7", ""), ("::1", ""), ("fe80::1", ""), ("fd00::1", ""),
    ],
)  # fmt: skip
def test_limits_count_by_public_addresses_and_by_homes_of_ipv6(address: str, counted: str) -> None:
    assert neighbourhood(read_address(address)) == counted


def test_nobody_is_counted_by_nothing() -> None:
    assert neighbourhood(None) == ""


@pytest.mark.parametrize("text", ["", " , ", "proxy.example", "10.0.0.0/99", "1.2.3"])
def test_proxies_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no address|does not appear to be an IPv4 or IPv6 network"):
        read_proxies(text)


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=4))
def test_whatever_stands_in_the_header_nothing_is_raised(peer: str, forwarded: list[str]) -> None:
    client_of(peer, forwarded, PROXY)
    client_of(peer, forwarded, TRUSTING)
