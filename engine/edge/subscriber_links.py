"""
The links in mails to subscribers: ``/v1/subscribers/confirm`` and ``/v1/subscribers/unsubscribe``.

Opening one shows a page with a button; only the button, or a mail program's one-click button (RFC 8058), changes
anything. What is unknown, too late or erased is answered alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import SQLAlchemyError

from engine.core.mail_page import MailPage, mail_page_html, mail_page_policy
from engine.core.mail_texts import mail_language, mail_words
from engine.core.themes import Theme
from engine.edge.api import MayAsk, refuse_hasty
from engine.edge.subscribers import CONFIRM_WITHIN, PENDING, UNSUBSCRIBED, Standing, Subscribers

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
_Answer = TypeVar("_Answer")

Shop = Callable[[str], tuple[str, Theme | None]]
"""Returns a site's name and the look of its popups."""


def links_of(row: Mapping[str, Any], engine: str, now_ms: int) -> dict[str, str | None]:
    """
    Return the links for mails to a subscriber; ``engine`` is where browsers reach the engine.

    There is none to confirm with where there is nothing to confirm, or it is too late.
    """
    until = row["consented_at"] + CONFIRM_WITHIN
    may_confirm = row["status"] == PENDING and datetime.fromtimestamp(now_ms / 1000, UTC) < until
    link = f"{engine.rstrip('/')}/v1/subscribers/{{}}?token={row['token']}"
    return {
        "confirm_url": link.format("confirm") if may_confirm else None,
        "unsubscribe_url": link.format("unsubscribe"),
    }


class LinkPages:
    """The pages behind the links."""

    def __init__(self, subscribers: Subscribers, shop: Shop, may_ask: MayAsk, clock: Callable[[], int]) -> None:
        self._subscribers = subscribers
        self._shop = shop
        self._may_ask = may_ask
        self._clock = clock

    async def ask(self, request: Request, token: str) -> HTMLResponse:
        """Ask whether the address is to be confirmed."""
        found = await self._standing(request, token)
        if found is None or not found.can_confirm:
            return self._gone(request)
        if found.status != PENDING:
            return self._page(found, "confirmed")
        return self._page(found, "confirm", button="yes", quote=found.consent)

    async def confirm(self, request: Request, token: str) -> HTMLResponse:
        """Confirm the address."""
        found = await self._standing(request, token)
        done = found is not None and await self._try(self._subscribers.confirm(token, self._clock()))
        return self._page(found, "confirmed") if found is not None and done else self._gone(request)

    async def ask_to_leave(self, request: Request, token: str) -> HTMLResponse:
        """Ask whether the subscriber wants to leave."""
        found = await self._standing(request, token)
        if found is None:
            return self._gone(request)
        return self._page(found, "left") if found.status == UNSUBSCRIBED else self._page(found, "leave", "leave_button")

    async def leave(self, request: Request, token: str) -> HTMLResponse:
        """Write no more to this address."""
        found = await self._standing(request, token)
        done = found is not None and await self._try(self._subscribers.unsubscribe(token, self._clock()))
        return self._page(found, "left") if found is not None and done else self._gone(request)

    async def _standing(self, request: Request, token: str) -> Standing | None:
        refuse_hasty(request, self._may_ask)
        return await self._try(self._subscribers.standing(token, self._clock()))

    async def _try(self, answer: Awaitable[_Answer]) -> _Answer:
        try:
            return await answer
        except SQLAlchemyError as error:
            raise HTTPException(503, "the database is not reachable, try again in a minute") from error

    def _page(self, about: Standing, title: str, button: str = "", quote: str = "") -> HTMLResponse:
        name, theme = self._shop(about.site)
        words, language = mail_words(about.language), mail_language(about.language)
        agreed = (quote, about.language) if quote else None
        return _answer(MailPage(words[title], language, name, quote=agreed, button=words.get(button, "")), theme, 200)

    def _gone(self, request: Request) -> HTMLResponse:
        """Answer for a link that is good for nothing, whatever the reason, in a language that the browser names."""
        accepted = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
        words = mail_words(accepted)
        return _answer(MailPage(words["gone"], mail_language(accepted), text=words["again"]), None, 404)


def _answer(page: MailPage, theme: Theme | None, status: int) -> HTMLResponse:
    headers = {**_HEADERS, "Content-Security-Policy": mail_page_policy(theme)}
    return HTMLResponse(mail_page_html(page, theme), status, headers)


def link_router(pages: LinkPages) -> APIRouter:
    """Return the routes that mails lead to; whoever has a link's token may ask."""
    router = APIRouter(prefix="/v1/subscribers", include_in_schema=False)

    @router.get("/confirm")
    async def ask(request: Request, token: str = "") -> HTMLResponse:
        return await pages.ask(request, token)

    @router.post("/confirm")
    async def confirm(request: Request, token: str = "") -> HTMLResponse:
        return await pages.confirm(request, token)

    @router.get("/unsubscribe")
    async def ask_to_leave(request: Request, token: str = "") -> HTMLResponse:
        return await pages.ask_to_leave(request, token)

    @router.post("/unsubscribe")
    async def leave(request: Request, token: str = "") -> HTMLResponse:
        return await pages.leave(request, token)

    return router
