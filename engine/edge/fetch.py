"""
Reads what another server offers, at an address that somebody wrote into a file.

Such an address must not become a way into the operator's own network: only https and only public addresses,
looked up once and connected to as found (a second look-up could say something else), no redirects, and bounds on
size and time. A host that the operator has named may be private, and may be read without https.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httptools

WITHIN_S = 5.0
MOST_BYTES = 1024 * 1024
_PORTS = {"https": 443, "http": 80}
_READ_AT_ONCE = 65_536
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23",
        "2001:db8::/32", "2002::/16", "3fff::/20", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Networks that are somebody's own, stand for others (6to4, NAT64, Teredo), or for nobody."""


class NotFetched(Exception):
    """It could not be read; the sentence says why, and holds nothing of the address but its host."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an address leads."""

    is_https: bool
    host: str
    port: int
    path: str


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public Internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return ip.is_global and not any(ip in network for network in _NOT_PUBLIC if network.version == ip.version)


def target_of(url: str, named_hosts: frozenset[str]) -> Target:
    """Return where a URL leads. Raises NotFetched for what nobody should open."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise NotFetched("the address is no address") from error
    if not host or parts.username is not None or any(each.isspace() or ord(each) < 32 for each in url):
        raise NotFetched("the address is no address")
    named = host in named_hosts
    if parts.scheme != "https" and not (named and parts.scheme == "http"):
        raise NotFetched(f"{host} is not read with https")
    usual = _PORTS[parts.scheme]
    if port not in (None, usual) and not named:
        raise NotFetched(f"{host} is not read at port {port}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or usual, path)


async def fetch(url: str, named_hosts: frozenset[str] = frozenset(), within_s: float = WITHIN_S) -> bytes:
    """Return what the address offers. Raises NotFetched."""
    target = target_of(url, named_hosts)
    try:
        async with asyncio.timeout(within_s):
            ip = await _address_of(target, target.host in named_hosts)
            return await _get(target, ip)
    except TimeoutError as error:
        raise NotFetched(f"{target.host} took more than {within_s:g} s") from error
    except (OSError, httptools.HttpParserError) as error:
        raise NotFetched(f"{target.host} cannot be read: {error.__class__.__name__}") from error


async def _address_of(target: Target, is_named: bool) -> str:
    """Return one IP address of a host; of one that is not named all must be public."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=1)
    addresses = [str(info[4][0]) for info in found]
    if not addresses or not (is_named or all(map(is_public, addresses))):
        raise NotFetched(f"{target.host} is not on the public Internet")
    return addresses[0]


async def _get(target: Target, ip: str) -> bytes:
    context = ssl.create_default_context() if target.is_https else None
    name = target.host if target.is_https else None
    reader, writer = await asyncio.open_connection(ip, target.port, ssl=context, server_hostname=name)
    try:
        host = f"[{target.host}]" if ":" in target.host else target.host
        writer.write(
            f"GET {target.path} HTTP/1.1\r\nHost: {host}:{target.port}\r\nAccept: application/json\r\n"
            "Accept-Encoding: identity\r\nUser-Agent: Shopbell\r\nConnection: close\r\n\r\n".encode("ascii", "replace")
        )
        return await _body(target, reader)
    finally:
        writer.transport.abort()


async def _body(target: Target, reader: asyncio.StreamReader) -> bytes:
    """Read an answer to its end."""
    answer = _Answer()
    parser: Any = httptools.HttpResponseParser(answer)
    read = 0
    while not answer.is_whole and (data := await reader.read(_READ_AT_ONCE)):
        read += len(data)
        if read > MOST_BYTES:
            raise NotFetched(f"{target.host} sent more than {MOST_BYTES} bytes")
        parser.feed_data(data)
        if answer.has_head and parser.get_status_code() != 200:
            raise NotFetched(f"{target.host} answered {parser.get_status_code()}, expected 200")
    if not answer.has_head:
        raise NotFetched(f"{target.host} did not answer")
    return b"".join(answer.body)


class _Answer:
    """What httptools has found so far."""

    def __init__(self) -> None:
        self.body: list[bytes] = []
        self.has_head = False
        self.is_whole = False

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self.has_head = True

    def on_body(self, data: bytes) -> None:
        """Some of the body has come."""
        self.body.append(data)

    def on_message_complete(self) -> None:
        """Nothing more will come."""
        self.is_whole = True
