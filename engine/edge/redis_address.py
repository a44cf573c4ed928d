"""
Where Redis is, as an operator says it, and what is there: one server or a cluster.

    redis://[user:password@]host[:port][/database]     one server; or a cluster, if the server says so
    redis://host:port,host:port,...                    some nodes of a cluster
    redis+cluster://host:port,...                      likewise, for those who like to say it
    redis://host:port?cluster=true                     likewise
    unix:///path                                       one server

``rediss`` in place of ``redis`` speaks TLS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from engine.edge.slots import address_of

SCHEMES = ("redis", "rediss", "redis+cluster", "rediss+cluster", "unix")
DEFAULT_PORT = 6379


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """``hosts`` are ``host:port``; a Unix socket has none, its ``url`` says all."""

    url: str
    scheme: str
    login: str
    hosts: tuple[str, ...]
    rest: str
    said_cluster: bool

    @classmethod
    def read(cls, url: str) -> Self:
        """Read what an operator has said. Raises ValueError."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            raise ValueError(f"'{parts.scheme}' is none of {', '.join(SCHEMES)}")
        query = dict(parse_qsl(parts.query))
        cluster = query.pop("cluster", "").lower() in ("true", "1", "yes")
        scheme, plus, _ = parts.scheme.partition("+")
        if scheme == "unix":
            return cls(url, scheme, "", (), "", False)
        login, at, hosts = parts.netloc.rpartition("@")
        found = tuple(_with_port(each.strip()) for each in hosts.split(",") if each.strip())
        if not found:
            raise ValueError("no host")
        rest = parts.path + ("?" + urlencode(query) if query else "")
        return cls(url, scheme, login + at, found, rest, cluster or bool(plus) or len(found) > 1)

    def of(self, host: str) -> str:
        """Return the URL of one node."""
        return f"{self.scheme}://{self.login}{host}{self.rest}"

    @property
    def one(self) -> str:
        """The URL of a single server."""
        return self.of(self.hosts[0]) if self.hosts else self.url

    @property
    def as_cluster(self) -> str:
        """The URL that says that it is a cluster."""
        return f"{self.scheme}+cluster://{self.login}{','.join(self.hosts)}{self.rest}"


def _with_port(host: str) -> str:
    parts = urlsplit(f"//{host}")
    if not parts.hostname:
        raise ValueError(f"'{host}' is no host")
    return address_of(parts.hostname, parts.port or DEFAULT_PORT)


def is_cluster(info: Mapping[str, Any]) -> bool:
    """Tell it from a server's answer to INFO cluster."""
    return str(info.get("cluster_enabled", "0")) == "1"
