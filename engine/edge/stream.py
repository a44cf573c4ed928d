"""
One shopper's stream: a WebSocket connection at ``/v1/stream``, taken over from uvicorn at the upgrade.

picows reads and writes the frames. What it leaves to us is here: joining
fragments, refusing reserved bits and binary frames, deadlines, pings, and what each close code means.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from picows import WSListener, WSMsgType, WSTransport

from engine.core import wire
from engine.core.events import Hello
from engine.edge import close_codes
from engine.edge.allowance import SITE_BUSY, TOO_MANY, Allowance
from engine.edge.lane import LaneDown
from engine.edge.plain_frames import reader_of_text
from engine.tab import Tab

if TYPE_CHECKING:
    from engine.edge.streams import Streams

HELLO_WITHIN_S = 10.0
PING_AFTER_S = 14.0  # with the time for a pong and the 5 s between two looks: given up within 30 s
PONG_WITHIN_S = 10.0
MOST_FRAMES_BEFORE_WELCOME = 300
DISCONNECT_AFTER_S = 1.0
LAST_ACKS_WITHIN_S = 0.2
LONGEST_REASON = 120
_TEXT = WSMsgType.TEXT  # to look it up in its enumeration costs as much as half of an acknowledgement
_plain_text = reader_of_text()

_log = logging.getLogger("shopbell.stream")


class Stream(WSListener):
    """One connection: from its hello to its close."""

    __slots__ = (
        "_address", "_allowance", "_deadline", "_door", "_joined", "_pinged", "_streams", "_transport", "_waiting",
        "country", "is_last", "is_over", "known_by", "on_ws_frame", "site", "tab",
    )  # fmt: skip
    on_ws_frame: Any  # what picows calls is each stream's own: its door

    def __init__(self, streams: Streams, site: str, country: str = "", address: str = "") -> None:
        super().__init__()
        self.country = country
        self._address = address
        self._streams = streams
        # picows declares its close codes as an enumeration; codes of 4000 and above are none of it
        self._transport: Any = None
        self._joined: bytearray | None = None
        self._waiting: list[bytes] | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._door = streams.door_for(self, self._take_frame)
        self.on_ws_frame = self._door.take
        self._pinged = self.is_last = self.is_over = False
        of_session = streams.allowance() if streams.allowance is not None else None
        self._allowance = Allowance(self._door, streams.limits, streams.admission.pace_of(site), of_session)
        self.site = site
        self.known_by: str | None = None
        self.tab: Tab | None = None

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Wait for the hello, but not for long."""
        self._transport = transport
        self._streams.open.add(self)
        self._streams.admission.enter(self._address, self.site)
        self._streams.telemetry.connected()
        self._deadline = self._streams.loop.call_later(
            HELLO_WITHIN_S, self.hang_up, wire.CLOSE_NO_HELLO, f"no hello within {HELLO_WITHIN_S:g} s"
        )

    def on_ws_disconnected(self, transport: WSTransport) -> None:  # noqa: ARG002
        """Forget the connection; what it left unacknowledged comes again with the next one."""
        self._streams.take_all()
        if self._deadline is not None:
            self._deadline.cancel()
        self._streams.open.discard(self)
        self._streams.admission.leave(self._address, self.site)
        self._streams.telemetry.disconnected()
        if self.tab is not None:
            self._allowance.end(self.tab)
            self.tab.close()
            if self.tab.is_left:
                self._streams.leave(self.tab)
        self._door.shut()
        self._transport = None

    @property
    def heard(self) -> float:
        """When the client was heard of last, by ``perf_counter``."""
        return self._door.heard

    def _take_frame(self, transport: WSTransport, frame: Any) -> None:
        """Take one WebSocket frame; several fragments make one message. After our close only the client's counts."""
        message = _plain_text(frame)
        try:
            if message is not None and self._joined is None and not transport.is_close_frame_sent:
                self._take(message)
            elif self._allowance.refuses_other(self.heard):
                self._has_sent_too_many()
            elif not transport.is_close_frame_sent or frame.msg_type == WSMsgType.CLOSE:
                self._take_rare(frame.msg_type, frame)
        except wire.BadFrame as error:
            self.refuse(error)

    def hear(self, message: bytes) -> None:
        """Take one whole message that came by another carrier than a WebSocket. After our close none counts."""
        self._door.heard = perf_counter()
        try:
            if self._transport is not None and not self._transport.is_close_frame_sent:
                self._take(message)
        except wire.BadFrame as error:
            self.refuse(error)

    def refuse(self, error: wire.BadFrame) -> None:
        """End the connection over a broken frame. An address that sends many of them is kept out for a while."""
        self._streams.take_all()
        self._streams.telemetry.refused("bad_frame")
        self._streams.admission.strike(self._address)
        self.hang_up(error.code, str(error))

    def _take_rare(self, kind: WSMsgType, frame: Any) -> None:
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            raise wire.BadFrame("frame with reserved bits, no extension was agreed on")
        if kind == WSMsgType.CLOSE:
            self._streams.take_all()
            self._echo_close(frame)
        elif kind == WSMsgType.PING:
            self._transport.send_pong(frame.get_payload_as_bytes())
        elif kind == WSMsgType.PONG:
            self._pinged = False
        elif kind == WSMsgType.BINARY:
            raise wire.BadFrame("binary frame, expected text")
        elif kind == WSMsgType.TEXT or kind == WSMsgType.CONTINUATION:
            self._join(kind, frame)

    def _join(self, kind: WSMsgType, frame: Any) -> None:
        if (kind == WSMsgType.CONTINUATION) is (self._joined is None):
            raise wire.BadFrame("fragments out of order")
        self._allowance.ask_again()
        joined = self._joined = self._joined or bytearray()
        joined += frame.get_payload_as_bytes()
        if len(joined) > wire.MAX_FRAME:
            raise wire.too_big(f"message of {len(joined)}")
        if frame.fin:
            self._joined = None
            self._take(bytes(joined))

    def _take(self, message: bytes) -> None:
        tab = self.tab
        if self.is_over:
            return
        if tab is not None:
            reason = self._allowance.refuses(tab, self.heard)
            if reason:
                self._turn_away(tab, message, reason)
            else:
                self._streams.take_soon(self, message, self.heard)
        elif self._waiting is not None:
            if len(self._waiting) <= MOST_FRAMES_BEFORE_WELCOME:  # one more tells that they were too many
                self._waiting.append(message)
        else:
            self._greet(wire.read_hello(wire.parse(message)))

    def _turn_away(self, tab: Tab, message: bytes, reason: str) -> None:
        """
        Take no event that exceeds a limit.

        Where the connection sends too fast it is closed: the client keeps what it was not allowed to send, and
        sends it later. What is too much for the session is refused for good.
        """
        self._streams.take_all()
        if reason == TOO_MANY:
            self._has_sent_too_many()
        elif reason == SITE_BUSY:
            self._streams.telemetry.refused("site_too_busy")
            self._end_soon("too many events of this site")
        else:
            self._streams.telemetry.refused("session_full")
            self._streams.turn_away(tab, message)

    def _has_sent_too_many(self) -> None:
        if self._transport.is_close_frame_sent:
            self._transport.disconnect(False)
        elif not self.is_over:
            self._streams.telemetry.refused("too_many_events")
            self._streams.admission.strike(self._address)
            self._end_soon("too many events")

    def _end_soon(self, reason: str) -> None:
        """Read nothing more, and close when what was taken has been acknowledged: it need not come again."""
        self.is_over = True
        self._transport.underlying_transport.pause_reading()
        self._streams.loop.call_later(LAST_ACKS_WITHIN_S, self.hang_up, wire.CLOSE_TOO_MANY, reason)

    def _may_submit(self) -> bool:
        return self._streams.may_submit(self._address)

    def _may_have_coupon(self) -> bool:
        return self._streams.may_have_coupon(self._address)

    def _greet(self, hello: Hello) -> None:
        self._waiting = []
        if hello.token is None and self.known_by is not None:  # a page that knows nobody, a browser whose cookie does
            hello = replace(hello, token=self.known_by)
        if self.is_last:
            hello = replace(hello, is_last=True)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._streams.spawn(self._open_tab(hello))

    async def _open_tab(self, hello: Hello) -> None:
        try:
            coming = replace(hello, context=replace(hello.context, country=self.country)) if self.country else hello
            tab, frames = await self._streams.open_tab(self.site, coming)
        except LaneDown:
            self.hang_up(wire.CLOSE_BUSY, "the shared state is not reachable")
            return
        except Exception:  # noqa: BLE001 - a page that waits for ever is the worst answer
            _log.exception("a hello could not be answered")
            self.hang_up(wire.CLOSE_BUSY, "the hello could not be answered")
            return
        if self._transport is None:
            tab.close()
            return
        # what picows does after the close is what `send` does: nothing
        tab.send, tab.hang_up = partial(self._transport.send, _TEXT), self.hang_up
        self.tab = tab
        tab.may_submit, tab.may_have_coupon = self._may_submit, self._may_have_coupon
        self._allowance.begin(tab)
        for frame in frames:
            self.send(frame)
        waiting, self._waiting = self._waiting or [], None
        try:
            for message in waiting[:MOST_FRAMES_BEFORE_WELCOME]:
                self._take(message)
            if len(waiting) > MOST_FRAMES_BEFORE_WELCOME:
                self._has_sent_too_many()
        except wire.BadFrame as error:
            self.refuse(error)

    def send(self, message: bytes) -> None:
        """Send one text frame; after the close nothing is sent."""
        transport = self._transport
        if transport is not None and not transport.is_close_frame_sent:
            transport.send(_TEXT, message)

    def hang_up(self, code: int, reason: str) -> None:
        """Close the connection; a client that does not answer the close is cut off."""
        transport = self._transport
        if transport is None or transport.is_close_frame_sent:
            return
        self._allowance.ask_again()
        if self.tab is not None:
            self.tab.close()
        # cut between characters: a close whose reason is no UTF-8 tells the client nothing, not even the code
        transport.send_close(code, reason.encode()[:LONGEST_REASON].decode(errors="ignore").encode())
        if self.is_over:  # to hear the client's own close, and to leave nothing unread: that would cut off ours
            transport.underlying_transport.resume_reading()
        self._streams.loop.call_later(DISCONNECT_AFTER_S, transport.disconnect, False)

    def _echo_close(self, frame: Any) -> None:
        self._allowance.ask_again()
        transport = self._transport
        if transport is not None and not transport.is_close_frame_sent:
            code = close_codes.code_in(frame.get_payload_as_bytes())
            if code in close_codes.PAGE_IS_LEFT and self.tab is not None:
                self.tab.is_left = True
            transport.send_close(close_codes.answer_to(code))
        if transport is not None:
            transport.disconnect()

    def pause_writing(self) -> None:
        """The client does not read: it has more than the socket's buffers and ours (64 KiB) hold. Cut it off."""
        self._streams.telemetry.refused("slow_consumer")
        self.hang_up(wire.CLOSE_BUSY, "the client does not read")

    def resume_writing(self) -> None:
        """Nothing is held back, so there is nothing to resume."""

    def check(self, now: float) -> None:
        """Ping a silent client; drop one that does not answer."""
        silent = now - self.heard
        if self._transport is None or silent < PING_AFTER_S:
            return
        if self._pinged and silent > PING_AFTER_S + PONG_WITHIN_S:
            self._transport.disconnect(False)
        elif not self._pinged:
            self._pinged = True
            self._transport.send_ping(b"")
