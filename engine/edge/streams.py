"""All shoppers' streams of a process: who may open one, and what is done with all of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from picows import WSTransport, WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener

from engine.core import origins, wire
from engine.core.events import Hello
from engine.core.words import read_country
from engine.edge.admission import Admission, Limits
from engine.edge.first_party_cookie import FirstPartyCookie
from engine.edge.session_allowance import SessionAllowance
from engine.edge.stream import Stream
from engine.native import Door, Inbox
from engine.tab import Tab

SWEEP_EVERY_S = 5.0
GATHER_S = 0.002
MOST_GATHERED = 16

_log = logging.getLogger("shopbell.streams")


class Telemetry(Protocol):
    """What the stream counts."""

    def connected(self) -> None:
        """A stream was opened."""

    def disconnected(self) -> None:
        """A stream was closed."""

    def refused(self, reason: str) -> None:
        """A connection or a frame was refused."""


class StreamLimits(Protocol):
    """
    How much one connection may send, on average and at once (0 events per second: no limit), and which header of
    its request is believed.
    """

    @property
    def events_per_second(self) -> float:
        """On average."""

    @property
    def events_burst(self) -> int:
        """At once."""

    @property
    def country_header(self) -> str | None:
        """The header, in small letters, by which a proxy tells the visitor's country; None if none does."""


_NOWHERE = "XX"
_NOBODYS: frozenset[str] = frozenset()


def _nothing(_tab: Tab) -> None:
    """Nobody hears of it."""


def _at_once(work: Callable[[], None]) -> None:
    """Nothing is gained by doing it otherwise."""
    work()


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """Why a page gets no stream: the status of the answer to its request, and its words."""

    status: HTTPStatus
    why: bytes


class Streams:
    """
    All open streams of this process.

    ``site_of`` returns the site of a public key; ``open_tab`` answers a hello;
    ``take`` handles a frame of an open tab. ``admission`` says who may still come, ``allowance`` makes what counts a
    connection's events of its session, ``turn_away`` answers those that are too many; ``together`` does what
    handles many frames. ``leave`` hears of each connection that ended because its page has been left.
    """

    allowance: Callable[[], SessionAllowance] | None = None
    turn_away: Callable[[Tab, bytes], None]
    leave: Callable[[Tab], None] = staticmethod(_nothing)
    together: Callable[[Callable[[], None]], None] = staticmethod(_at_once)
    cookies: FirstPartyCookie | None = None

    def __init__(
        self,
        site_of: Callable[[str], Any],
        open_tab: Callable[[str, Hello], Coroutine[Any, Any, tuple[Tab, list[bytes]]]],
        take: Callable[[Tab, bytes, float], None],
        telemetry: Telemetry,
        limits: StreamLimits,
    ) -> None:
        self.site_of = site_of
        self.open_tab = open_tab
        self.take = take
        self.telemetry = telemetry
        self.limits = limits
        self.admission = Admission(Limits())
        self.is_draining = False
        self.open: set[Stream] = set()
        self.loop = asyncio.get_running_loop()
        self.frames: list[tuple[Stream, bytes, float]] = []
        self._inbox = Inbox(self.frames, self.frames_come, self.moment_comes, MOST_GATHERED)
        self._gathers_until = 0.0
        self._hurries = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.spawn(self._sweep())

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something in the background, for as long as it takes or until ``stop``."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def take_soon(self, stream: Stream, message: bytes, received: float) -> None:
        """
        Have a frame handled in this turn of the event loop, or within ``GATHER_S`` with those that come meanwhile.

        Frames are handled in a row, and what they ask of Redis leaves in one write: to read a socket in between, or
        to wait for a reply, would drive the code that handles them out of the processor's cache each time. One that
        comes after a pause has nothing to wait for, and a popup may wait for one that tells of a moment.
        """
        self.frames.append((stream, message, received))
        if len(self.frames) in (1, MOST_GATHERED):
            self.frames_come(received)

    def door_for(self, stream: Stream, ask: Callable[[WSTransport, Any], None]) -> Door:
        """Return where a stream's frames come in; ``ask`` takes those that need more than to be handled soon."""
        return Door(stream, self._inbox, ask)

    def frames_come(self, now: float) -> None:
        """The first of some frames is there, or the one with which they are enough."""
        if len(self.frames) == 1 and now < self._gathers_until:
            self.loop.call_later(GATHER_S, self.take_all)
        else:
            self.loop.call_soon(self.take_all)

    def moment_comes(self, stream: Stream) -> None:
        """A frame tells a moment: where such were armed, a popup may wait for it, so no frame does any longer."""
        if not self._hurries and stream.tab is not None and stream.tab.sent_arm:
            self._hurries = True
            self.loop.call_soon(self.take_all)

    def take_all(self) -> None:
        """Handle the frames that have come: also before a connection ends, whose last frames they may be."""
        if self.frames:
            self.together(self._take_all)

    def _take_all(self) -> None:
        frames = self.frames.copy()
        self.frames.clear()
        self._hurries = False
        self._gathers_until = perf_counter() + GATHER_S
        for stream, message, received in frames:
            tab = stream.tab
            if tab is None or tab.closed:
                continue  # what was not acknowledged comes again
            try:
                self.take(tab, message, received)
            except wire.BadFrame as error:
                stream.refuse(error)
            except Exception:  # noqa: BLE001 - one page's frame must not hold up those of others
                _log.exception("a frame could not be handled")
                stream.hang_up(wire.CLOSE_BUSY, "the frame could not be handled")

    def listener_for(self, request: WSUpgradeRequest, peer: str = "") -> WSUpgradeResponseWithListener:
        """
        Answer an upgrade: with a stream for a page of the site's own, else 403, or 429 where there are too many.

        Nothing is made before that. ``peer`` is the address of the connection.
        """
        url = urlsplit(request.path.decode("latin-1"))
        headers = {name.lower(): value for name, value in request.headers.items()}
        key = parse_qs(url.query).get("site", [""])[0]
        address = self.admission.address_of(peer, request.headers.getall("x-forwarded-for", []))
        admitted = self.admit(key, headers, address)
        if isinstance(admitted, Stream):
            renewed = self._renewed(key, admitted.known_by)
            return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(renewed), admitted)
        return WSUpgradeResponseWithListener(
            WSUpgradeResponse.create_error_response(admitted.status, admitted.why), None
        )

    def admit(self, key: str, headers: Mapping[str, str], address: str) -> Stream | TurnedAway:
        """
        Return a stream for a page of the site of this key, whatever carries it; or why there is none.

        ``headers`` are the request's, their names in small letters; ``address`` is what limits count it by.
        """
        if self.is_draining:
            return TurnedAway(HTTPStatus.SERVICE_UNAVAILABLE, b"the engine is shutting down\n")
        site = self.site_of(key)
        allowed = site.origins if site is not None else _NOBODYS
        if not origins.allowed(headers.get("origin"), allowed, headers.get("host"), "http"):
            self.telemetry.refused("origin_refused" if site is not None else "unknown_site")
            return TurnedAway(HTTPStatus.FORBIDDEN, b"unknown site key, or origin not allowed for it\n")
        if reason := self.admission.refuses(address, key):
            return self._too_many(reason)
        stream = Stream(self, key, self._country(headers), address)
        if self.cookies is not None:
            stream.known_by = self.cookies.token_in(key, headers)
        return stream

    def _renewed(self, site: str, token: str | None) -> dict[str, str]:
        """Return the headers of an answer to a page that has a cookie."""
        header = self.cookies.renewed(site, token) if self.cookies is not None and token else None
        return {"Set-Cookie": header} if header else {}

    def _too_many(self, reason: str) -> TurnedAway:
        match reason:
            case "site_full":
                self.telemetry.refused("site_full")
            case "address_full":
                self.telemetry.refused("address_full")
            case _:
                self.telemetry.refused("address_banned")
        return TurnedAway(HTTPStatus.TOO_MANY_REQUESTS, b"too many connections, try again in a minute\n")

    def may_submit(self, address: str) -> bool:
        """Tell whether an address may send off one more popup's form."""
        if not (may := self.admission.may_submit(address)):
            self.telemetry.refused("too_many_forms")
        return may

    def may_have_coupon(self, address: str) -> bool:
        """Tell whether an address may be given one more coupon."""
        if not (may := self.admission.may_have_coupon(address)):
            self.telemetry.refused("too_many_coupons")
        return may

    def too_hasty(self, peer: str) -> TurnedAway | None:
        """Say that an address sends events by too many requests; None where it does not."""
        if self.admission.may_post(self.admission.address_of(peer, ())):
            return None
        self.telemetry.refused("too_many_posts")
        return TurnedAway(HTTPStatus.TOO_MANY_REQUESTS, b"too many requests, try again in a minute\n")

    def _country(self, headers: Mapping[str, str]) -> str:
        """Return the country that the proxy in front tells, if the operator trusts one to; empty for XX, unknown."""
        country = headers.get(self.limits.country_header, "") if self.limits.country_header else ""
        return (read_country(country) or "").replace(_NOWHERE, "")

    async def _sweep(self) -> None:
        """Ping streams that have been silent, and drop those that do not answer."""
        while True:
            await asyncio.sleep(SWEEP_EVERY_S)
            now = perf_counter()
            for stream in list(self.open):
                stream.check(now)

    def tab_of(self, site: str, visitor: str) -> Tab | None:
        """Return the tab that a visitor used last, of those open here."""
        streams = [each for each in self.open if each.tab and (each.tab.site, each.tab.visitor) == (site, visitor)]
        return max(streams, key=lambda each: each.heard).tab if streams else None

    def beside(self, tab: Tab) -> list[Tab]:
        """Return the other tabs of a visitor that are open here."""
        who = (tab.site, tab.visitor)
        tabs = [stream.tab for stream in self.open if stream.tab is not None and stream.tab is not tab]
        return [each for each in tabs if (each.site, each.visitor) == who and not (each.closed or each.is_left)]

    def forget(self, site: str, visitor: str) -> None:
        """End the open pages of a visitor who is to be erased."""
        for stream in list(self.open):
            if stream.tab and (stream.tab.site, stream.tab.visitor) == (site, visitor):
                stream.hang_up(wire.CLOSE_BUSY, "the visitor is to be erased")

    async def for_each_tab(self, do: Callable[[Tab], Coroutine[Any, Any, None]], at_once: int = 50) -> None:
        """Do something for every open tab, a few at a time, so that events go on between them."""
        streams = list(self.open)
        for n in range(0, len(streams), at_once):
            tabs = [stream.tab for stream in streams[n : n + at_once] if stream.tab is not None]
            await asyncio.gather(*(do(tab) for tab in tabs), return_exceptions=True)

    def stop(self) -> None:
        """End all background work."""
        for task in self._tasks:
            task.cancel()
