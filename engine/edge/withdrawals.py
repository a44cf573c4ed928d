"""Shoppers who take their consent back: on record before it is acknowledged, and nothing more of them is written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from engine.core.tokens import is_fleeting
from engine.tab import Tab


class Withdrawals:
    """
    ``note`` remembers that a site's visitor denies, ``erase`` has them erased, ``mute`` keeps a tab out of the event
    log, ``part`` ends their pages.
    """

    def __init__(
        self,
        note: Callable[[str, str], Awaitable[None]],
        erase: Callable[[str, str], Awaitable[None]],
        mute: Callable[[Tab], None],
        part: Callable[[str, str], None],
    ) -> None:
        self._note = note
        self._erase = erase
        self._mute = mute
        self._part = part

    async def record(self, tab: Tab) -> None:
        """
        Put a visitor on the list of those to be erased. Raises what the stores raise.

        From now on no event of this page counts: the page is told so, and comes back as nobody.
        """
        if is_fleeting(tab.visitor):
            return
        tab.closed = True
        self._mute(tab)
        await self._note(tab.site, tab.visitor)
        await self._erase(tab.site, tab.visitor)

    def part(self, tab: Tab) -> None:
        """End the visitor's pages here."""
        if not is_fleeting(tab.visitor):
            self._part(tab.site, tab.visitor)
