"""
The stream for browsers whose network lets no WebSocket through: ``GET /v1/sse`` and ``POST /v1/events``.

And ``POST /v1/pixel``, for a page that has no origin: a checkout in which nothing but a platform's pixel runs.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from weakref import WeakValueDictionary

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from engine.core import wire
from engine.core.event_checks import text
from engine.core.origins import SELF
from engine.edge.carriers import STATUS_OF
from engine.edge.post import Post
from engine.edge.sse import SSE_HEADERS, EventStream, EventStreamResponse
from engine.edge.stream import Stream
from engine.edge.streams import Streams, TurnedAway

MOST_BODY = 50 * 1024
BODY_WITHIN_S = 10.0
PIXEL_EVENTS = frozenset({"begin_checkout", "add_shipping_info", "add_payment_info", "purchase", "refund"})
"""What a pixel may tell."""
_ANY_PAGE = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""Whom the answer is for was told by the Origin before; the words of a refusal are for anybody."""


class BadBody(Exception):
    """A request's body is not taken; ``status`` says what is wrong with it."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        super().__init__(words)
        self.status = status


class OtherWays:
    """Both routes, and the event streams that are open in this process."""

    def __init__(self, streams: Callable[[], Streams], is_token_of: Callable[[str, object], bool]) -> None:
        self._streams = streams
        self._is_token_of = is_token_of
        self._open: WeakValueDictionary[str, EventStream] = WeakValueDictionary()

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter()
        router.add_api_route("/v1/sse", self.listen, methods=["GET"], include_in_schema=False)
        router.add_api_route("/v1/events", self.post, methods=["POST"], include_in_schema=False)
        router.add_api_route("/v1/pixel", self.pixel, methods=["POST"], include_in_schema=False)
        return router

    async def listen(self, request: Request) -> Response:
        """Open the way down. Its first message names the stream, for the requests that are its way up."""
        stream = self._admit(request, _with_origin(request))
        if isinstance(stream, TurnedAway):
            return _turned_away(stream)
        opened = EventStream(stream, secrets.token_urlsafe(16))
        self._open[opened.id] = opened
        return EventStreamResponse(opened, {**_ANY_PAGE, **SSE_HEADERS})

    async def post(self, request: Request) -> Response:
        """
        Take frames, a hello first: for an event stream of this process, else as a stream of their own.

        By ``last`` a page says that it has been left: nobody will see what the answer would show.
        """
        stream = self._admit(request, request.headers)
        if isinstance(stream, TurnedAway):
            return _turned_away(stream)
        if (refused := self._streams().too_hasty(_peer_of(request))) is not None:
            return _turned_away(refused)
        try:
            frames = await _frames_of(request)
        except BadBody as error:
            return Response(f"{error}\n", error.status, _ANY_PAGE, "text/plain")
        stream.is_last = "last" in request.query_params
        opened = None if stream.is_last else self._open.get(request.query_params.get("stream", ""))
        if opened is not None and opened.stream.site == stream.site and _speak_for(opened, frames):
            return Response(status_code=HTTPStatus.ACCEPTED, headers=_ANY_PAGE)
        return await _exchange(stream, frames)

    async def pixel(self, request: Request) -> Response:
        """
        Take what a checkout's sandbox tells, a hello first.

        Its Origin is null, which says nothing. The visitor's own token, known to the shop's pages alone, speaks for it.
        """
        site = request.query_params.get("site", "")
        if (refused := self._streams().too_hasty(_peer_of(request))) is not None:
            return _turned_away(refused)
        try:
            frames = await _frames_of(request)
            hello = wire.read_hello(wire.parse(frames[0]))
            _refuse_other(frames[1:])
        except (BadBody, wire.BadFrame) as error:
            status = error.status if isinstance(error, BadBody) else HTTPStatus.BAD_REQUEST
            return Response(f"{error}\n", status, _ANY_PAGE, "text/plain")
        known = self._streams().site_of(site)
        is_theirs = self._is_token_of(site, hello.token)  # looked at for no site too: it takes as long
        if known is None or not is_theirs:
            return _turned_away(TurnedAway(HTTPStatus.FORBIDDEN, b"expected the token of a visitor of this site\n"))
        stream = self._admit(request, {**request.headers, "origin": _an_origin(known.origins, request)})
        return _turned_away(stream) if isinstance(stream, TurnedAway) else await _exchange(stream, frames)

    def _admit(self, request: Request, headers: Mapping[str, str]) -> Stream | TurnedAway:
        streams = self._streams()
        address = streams.admission.address_of(_peer_of(request), ())
        return streams.admit(request.query_params.get("site", ""), headers, address)


def _peer_of(request: Request) -> str:
    """Return the address that asks: behind a proxy that is trusted, uvicorn has put the client in its peer's place."""
    return request.client.host if request.client else ""


def _with_origin(request: Request) -> Mapping[str, str]:
    """
    Return the headers with an Origin.

    A browser leaves it out of a GET to the page's own origin, and says instead that it is one.
    """
    headers = dict(request.headers)
    if "origin" not in headers and headers.get("sec-fetch-site") == "same-origin":
        headers["origin"] = f"{request.url.scheme}://{headers.get('host', '')}"
    return headers


def _an_origin(origins: Iterable[str], request: Request) -> str:
    """Return one of a site's origins, for a request that has proved by other means whom it is from."""
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    return next((origin for origin in origins if origin != SELF), own)


def _refuse_other(frames: list[bytes]) -> None:
    """Raise BadBody for anything but what a pixel may tell."""
    for frame in frames:
        name = wire.parse(frame).get("name")
        if name not in PIXEL_EVENTS:
            expected = ", ".join(sorted(PIXEL_EVENTS))
            raise BadBody(HTTPStatus.BAD_REQUEST, f"name is {text(name)}, expected one of {expected}")


async def _frames_of(request: Request) -> list[bytes]:
    """Return the lines of the body. Raises BadBody where there are none, or too many."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BODY:
                    raise BadBody(
                        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body exceeds the limit of {MOST_BODY} bytes"
                    )
    except TimeoutError as error:
        raise BadBody(HTTPStatus.REQUEST_TIMEOUT, f"the body did not come within {BODY_WITHIN_S:g} s") from error
    except ClientDisconnect as error:
        raise BadBody(HTTPStatus.BAD_REQUEST, "the body did not come whole") from error
    frames = [line for line in bytes(body).split(b"\n") if line.strip()]
    if not frames:
        raise BadBody(HTTPStatus.BAD_REQUEST, "the body is empty, expected a hello and events, one in a line")
    return frames


def _speak_for(opened: EventStream, frames: list[bytes]) -> bool:
    """Hand the frames to an event stream, if it is that document's; its hello is taken once."""
    try:
        doc = wire.read_hello(wire.parse(frames[0])).doc
    except wire.BadFrame:
        return False
    if opened.is_close_frame_sent or opened.doc not in ("", doc):
        return False
    for frame in frames[1:] if opened.doc else frames:
        opened.stream.hear(frame)
    opened.doc = doc
    return True


async def _exchange(stream: Stream, frames: list[bytes]) -> Response:
    post = Post(stream)
    answer = await post.exchange(frames)
    status = HTTPStatus.OK
    if len(answer) == 1 and post.is_close_frame_sent:
        status = STATUS_OF.get(post.code, HTTPStatus.BAD_REQUEST)
    return Response(b"\n".join(answer) + b"\n", status, _ANY_PAGE, "text/plain")


def _turned_away(refused: TurnedAway) -> Response:
    return Response(refused.why, refused.status, _ANY_PAGE, "text/plain")
