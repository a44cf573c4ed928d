"""Whose request it is: the address that limits count by, as the connection or a trusted proxy tells it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

EVERYBODY = "*"
_V6_HOME = 64
"""A home or a phone has a whole /64 of its own."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies whose word counts: networks, or everybody."""

    networks: tuple[Network, ...] = ()
    everybody: bool = False

    def trust(self, address: Address | None) -> bool:
        """Tell whether what this address says of the one before it counts."""
        if self.everybody:
            return True
        return address is not None and any(
            address in network for network in self.networks if network.version == address.version
        )


def read_proxies(text: str) -> Proxies:
    """Read addresses and networks with commas between, or ``*``. Raises ValueError."""
    words = [each.strip() for each in text.split(",") if each.strip()]
    if not words:
        raise ValueError("no address")
    return Proxies(
        tuple(ipaddress.ip_network(each, strict=False) for each in words if each != EVERYBODY), EVERYBODY in words
    )


def client_of(peer: str, forwarded: Iterable[str], proxies: Proxies) -> Address | None:
    """
    Return the address of whoever asks; None where it cannot be told.

    ``peer`` is the connection's own address, ``forwarded`` the values of X-Forwarded-For in their order. A proxy adds
    the address it was asked from at the end: the list is read from there, as far as the words are those of trusted
    proxies. What a client has written there itself stands before, and is not believed.
    """
    address = read_address(peer)
    if not proxies.trust(address):
        return address
    for word in reversed([each for value in forwarded for each in value.split(",")]):
        said = read_address(word)
        if said is None:
            return None
        address = said
        if not proxies.trust(address):
            break
    return address


def read_address(text: str) -> Address | None:
    """Read an address as peers and proxies write it: with a port or without, an IPv4 address in IPv6 as what it is."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def neighbourhood(address: Address | None) -> str:
    """
    Return what limits count by: an IPv4 address, or the /64 of an IPv6 address.

    Empty for what is not of the public Internet, which no limit counts: a proxy that nobody named, a program on the
    operator's own network.
    """
    if address is None or not address.is_global:
        return ""
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, _V6_HOME), strict=False))
