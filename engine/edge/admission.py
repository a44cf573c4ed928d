"""
Who may still come: limits for each address and each site, kept in this process.

A look into Redis for each of them would cost the round trip that they are to save. Each process counts by itself: an
address may so have its number of connections at each process, and the pace of a site is divided among the processes
of a machine, over which its connections spread evenly.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from engine.core.addresses import client_of, neighbourhood, read_address, read_proxies
from engine.core.pace import Pace, Paces

SITE_BURST_S = 4
"""A site may send so many seconds' worth of its events at once."""

STRIKES_WITHIN_S = 60.0
_A_MINUTE = 60.0
_A_DAY = 24 * 3_600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of the same names; 0 is no limit. ``workers`` processes share the pace of a site."""

    connections_per_address: int = 0
    connections_per_site: int = 0
    sockets_per_address: int = 0
    site_events_per_second: float = 0
    strikes: int = 0
    requests_per_minute: int = 0
    forms_per_minute: int = 0
    posts_per_minute: int = 0
    coupons_per_day: int = 0
    hits_per_minute: int = 0
    trusted_proxies: str = "127.0.0.1"
    workers: int = 1

    @classmethod
    def of(cls, settings: object) -> Limits:
        """Take them from the settings."""
        return cls(**{each.name: getattr(settings, each.name) for each in fields(cls)})


class Admission:
    """Counts who is here. An address is what ``address_of`` returns; an empty one is not limited."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._proxies = read_proxies(limits.trusted_proxies)
        self._by_address: Counter[str] = Counter()
        self._by_site: Counter[str] = Counter()
        self._sockets: Counter[str] = Counter()
        self._site_paces: dict[str, Pace] = {}
        self._strikes = Paces(limits.strikes / STRIKES_WITHIN_S, limits.strikes - 1)
        self._banned: dict[str, float] = {}
        self._hits = Paces(limits.hits_per_minute / _A_MINUTE, limits.hits_per_minute)
        self._requests = Paces(limits.requests_per_minute / _A_MINUTE, limits.requests_per_minute)
        self._posts = Paces(limits.posts_per_minute / _A_MINUTE, limits.posts_per_minute)
        self._forms = Paces(limits.forms_per_minute / _A_MINUTE, limits.forms_per_minute)
        self._coupons = Paces(limits.coupons_per_day / _A_DAY, limits.coupons_per_day)

    def address_of(self, peer: str, forwarded: Iterable[str]) -> str:
        """Return what limits count a request by: see :func:`engine.core.addresses.neighbourhood`."""
        return neighbourhood(client_of(peer, forwarded, self._proxies))

    def socket_of(self, peer: str) -> str:
        """Return what limits count a connection by of which nothing is known yet; a trusted proxy's are for many."""
        address = read_address(peer)
        return "" if self._proxies.trust(address) else neighbourhood(address)

    def refuses(self, address: str, site: str) -> str:
        """Return why no further connection may be opened; empty where it may."""
        limits = self._limits
        if self._is_banned(address):
            return "address_banned"
        if address and 0 < limits.connections_per_address <= self._by_address[address]:
            return "address_full"
        if 0 < limits.connections_per_site <= self._by_site[site]:
            return "site_full"
        return ""

    def enter(self, address: str, site: str) -> None:
        """A connection was opened. It must ``leave`` at its end."""
        self._by_address[address] += 1
        self._by_site[site] += 1

    def leave(self, address: str, site: str) -> None:
        """A connection has ended."""
        _take_one(self._by_address, address)
        _take_one(self._by_site, site)

    def open_socket(self, address: str) -> bool:
        """
        Count a connection of which nothing is known yet but its address; False where there are too many.

        It must be closed by ``close_socket``, when it ends or becomes a stream.
        """
        if address and 0 < self._limits.sockets_per_address <= self._sockets[address]:
            return False
        self._sockets[address] += 1
        return True

    def close_socket(self, address: str) -> None:
        """A connection that was counted has ended, or has become a stream, which is counted as such."""
        _take_one(self._sockets, address)

    def strike(self, address: str) -> None:
        """
        A connection of this address was closed for what it did.

        Whose connections are closed ``strikes`` times within a minute is not let in for the next one.
        """
        now = self._clock()
        if address and not self._strikes.take(address, now):
            self._banned = {each: until for each, until in self._banned.items() if until > now}
            self._banned[address] = now + STRIKES_WITHIN_S

    def pace_of(self, site: str) -> Pace | None:
        """Return the pace that all events of a site share here; None where there is none."""
        rate = self._limits.site_events_per_second / self._limits.workers
        if not rate:
            return None
        return self._site_paces.setdefault(site, Pace(rate, max(1, round(rate * SITE_BURST_S))))

    def may_come(self, address: str) -> bool:
        """Tell whether an address may make one more request, whatever it asks."""
        return not address or self._hits.take(address, self._clock())

    def may_ask(self, address: str) -> bool:
        """Tell whether an address may ask the HTTP API once more."""
        return not address or self._requests.take(address, self._clock())

    def may_post(self, address: str) -> bool:
        """Tell whether an address may send events by one more request, where no stream gets through."""
        return not address or self._posts.take(address, self._clock())

    def may_submit(self, address: str) -> bool:
        """Tell whether an address may send off one more popup's form."""
        return not address or self._forms.take(address, self._clock())

    def may_have_coupon(self, address: str) -> bool:
        """Tell whether an address may be given one more coupon: whoever makes visitors up must not empty a pool."""
        return not address or self._coupons.take(address, self._clock())

    def _is_banned(self, address: str) -> bool:
        return bool(self._banned) and self._banned.get(address, 0) > self._clock()


def _take_one(counts: Counter[str], name: str) -> None:
    if counts[name] > 1:
        counts[name] -= 1
    else:
        del counts[name]
