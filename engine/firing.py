"""From a rule that is true to a popup on its way: render, claim, show, and what becomes of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import perf_counter

from engine.claims import BESIDE, HELD, SHOW, SILENT, STARTED, Claim, Note, Telemetry, VisitorFirings
from engine.core import page_holds, wire
from engine.core.chains import Click, started_rule
from engine.core.compiled_rule import CompiledRule
from engine.core.conditions import Reading
from engine.core.doing import words_of
from engine.core.events import Event
from engine.core.facts import FACTS
from engine.core.firings import HOLDS_ALL, LEFT, OUTCOME_OF, RESTS
from engine.core.holdout import is_held_out
from engine.core.outcomes import KEPT
from engine.core.popup import coupon_of, placeholder_readings, render
from engine.core.popup_parts import Given
from engine.core.popup_wheel import seed_of
from engine.core.rules import Rule, Show
from engine.core.variants import variant_of
from engine.core.view import View
from engine.offer import Asker, CouponOffice, Reserved, WrittenCodes
from engine.tab import Step, Tab
from engine.unseen import Unseen

__all__ = ["Arbiter", "Claim"]


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a rule would show a visitor, nothing where ``show`` is None; ``started_by`` as in a claim."""

    compiled: CompiledRule
    asker: Asker
    mode: str
    now_ms: int
    started_by: str = ""
    show: Show | None = None
    seed: str = ""
    reserved: Reserved | None = None

    @property
    def coupon(self) -> str:
        """The id of the coupon that was reserved; empty if there is none, or nothing is kept of it."""
        return self.reserved.id if self.reserved else ""

    def claim(self, frame: bytes) -> Claim:
        """Return the claim; of a code that is not confirmed yet Redis must not keep a frame."""
        kept = b"" if self.coupon else frame
        fire, variant, started_by = self.asker.fire, self.asker.variant, self.started_by
        rule = self.compiled.rule
        changes = words_of(rule.do)
        return Claim(rule, fire, kept, self.now_ms, self.mode, variant, self.coupon, started_by, changes)


_CART_VALUE = Reading(FACTS["cart.value"])


class Arbiter:
    """Decides which of the rules that are true shows, and keeps track of its popup."""

    def __init__(
        self,
        state: VisitorFirings,
        telemetry: Telemetry,
        clock: Callable[[], int],
        note: Note | None = None,
        office: CouponOffice | None = None,
    ) -> None:
        self._note = note or _forget
        self._office = office or WrittenCodes()
        self._state = state
        self._telemetry = telemetry
        self._clock = clock
        self.unseen = Unseen(state, telemetry, clock)
        self.given_to: Callable[[Tab, Show], Given] = _nothing
        self.note_outcome: Callable[[Tab, Event, int], None] = _unnoted
        self.watch: Callable[[str], None] = _unwatched
        """Hears of each step that a popup has come to: reserved, claimed, confirmed, sent."""

    def worth_asking(self, tab: Tab, true: list[CompiledRule], now_ms: int) -> list[CompiledRule]:
        """Return the rules that asking Redis may be of use for: within the quiet time those that interrupt nobody."""
        if now_ms >= tab.quiet_until_ms:
            return true
        for compiled in true:
            if compiled.rule.interrupts:
                self._hold(tab, compiled, "quiet")
        return [each for each in true if not each.rule.interrupts]

    def count_quiet(self, tab: Tab, order: int) -> None:
        """A rule that is true is held back by the quiet time; that it is judged again at its end is seen to already."""
        rules = tab.watch.rules
        self._telemetry.held(rules.label_of(rules.rules[order].rule.id), "quiet")

    async def fire(self, step: Step, true: list[CompiledRule], view: View) -> bool:
        """
        Show the first rule of ``true`` whose claim succeeds; write down what held the others.

        Rules that interrupt nobody stand in no other's way, and none in theirs. Returns
        whether a rule that fired did something to the visitor.
        """
        over, has_done = "", False
        for compiled in true:
            if step.view != step.tab.view:
                return False
            if over and compiled.rule.interrupts:
                self._hold(step.tab, compiled, over)
                continue
            reason = await self._try(step, compiled, view)
            has_done = has_done or (not reason and bool(compiled.rule.do))
            if compiled.rule.interrupts:
                over = reason if reason in HOLDS_ALL else "" if reason else "outranked"
        return has_done

    async def start(self, step: Step, click: Click) -> None:
        """Show the popup that a click on another one asks for; a click that asks for none is nothing."""
        tab, fire = step.tab, step.event.data["fire"]
        known = await self._state.firing_of(tab, fire)
        origin = tab.watch.rules.by_id.get(known[0]) if known else None
        if known is None or origin is None:
            return
        compiled = tab.watch.rules.by_id.get(started_rule(origin.rule, known[1], click) or "")
        if compiled is not None:
            self._state.settle(tab, fire, "close")
            await self._try(step, compiled, View({}, tab.page, tab.who, now_ms=self._clock()), started_by=fire)

    async def _try(self, step: Step, compiled: CompiledRule, view: View, started_by: str = "") -> str:
        """Fire a rule; return '' or what held it back."""
        tab, rule, now = step.tab, compiled.rule, self._clock()
        reason, rest_ms = self._held_here(tab, rule, "" if started_by else view.page.kind, now)
        if not reason:
            offer = await self._offer(tab, compiled, view, started_by, now)
            if isinstance(offer, str):
                # nothing was claimed; why it was not is noted all the same
                self._note(step, Claim(rule, "", b"", now), offer)
                reason = offer
            else:
                reason, rest_ms = await self._claim(step, offer, view)
        if reason == "quiet":
            tab.quiet_until_ms = now + rest_ms
        elif reason == "after" and rest_ms:
            tab.not_before[rule.id] = now + rest_ms
        if reason:
            self._hold(tab, compiled, reason)
        else:
            tab.rest(compiled, for_session=rule.limit.times == 1 and rule.limit.per != "days")
        return reason

    def _held_here(self, tab: Tab, rule: Rule, kind: str, now_ms: int) -> tuple[str, int]:
        """Return what holds a rule back that needs no asking, and the ms until that is over; none on no ``kind``."""
        if tab.is_left and rule.shows:
            return LEFT, 0
        if not kind:
            return "", 0
        if kind in tab.watch.rules.site.never_on and not rule.is_silent:
            return "never_on", 0
        rest_ms = tab.not_before.get(rule.id, 0) - now_ms
        return ("after", rest_ms) if rest_ms > 0 else ("", 0)

    async def _offer(self, tab: Tab, compiled: CompiledRule, view: View, started_by: str, now_ms: int) -> _Offer | str:
        """Find what a rule would show the visitor, and hold the code for it; where there is none, return why."""
        rule, site, fire = compiled.rule, tab.watch.rules.site, "f_" + secrets.token_hex(10)
        variant = variant_of(tab.visitor, rule)
        show = variant.show if variant else rule.show
        asker = Asker(tab.site, tab.visitor, fire, rule.id, variant.name if variant else "", site.coupon_url)
        if not started_by and is_held_out(tab.visitor, rule, site):
            return _Offer(compiled, asker, HELD, now_ms)
        if show is None:
            return _Offer(compiled, asker, SILENT, now_ms)
        seed = seed_of(tab.visitor, rule.id, tab.session)
        mode = STARTED if started_by else SHOW if rule.interrupts else BESIDE
        offer = _Offer(compiled, asker, mode, now_ms, started_by, show, seed)
        coupon = coupon_of(show, offer.seed)
        if coupon is None:
            return offer
        least = self._office.least_orders(coupon, tab.site)
        if any(least):
            asker = replace(asker, cart_value=await self._cart_value(tab, view))
            if not any(map(asker.reaches, least)):
                return "minimum_order"
        # the same answer as of an empty pool: nobody is told whose limit it was
        if least and not tab.may_have_coupon():
            return "no_code"
        reserved = await self._office.reserve(coupon, asker, now_ms)
        if reserved is None:
            return "no_code"
        self.watch("reserved")
        marked = replace(asker, fire=fire + KEPT) if reserved.id else asker
        return replace(offer, asker=marked, reserved=reserved)

    async def _cart_value(self, tab: Tab, view: View) -> float:
        """Return what the cart is worth: the rule may not have read it."""
        plan = tab.watch.rules.plan_of([_CART_VALUE])
        counts = await self._state.look(tab, plan, view.page, view.now_ms)
        return float(tab.watch.rules.value(_CART_VALUE, View(counts, view.page, tab.who, now_ms=view.now_ms)) or 0)

    async def _claim(self, step: Step, offer: _Offer, view: View) -> tuple[str, int]:
        """Claim a firing and, where that succeeds, send its popup; return ('', 0), or what held it back."""
        tab = step.tab
        frame = b"" if offer.show is None else await self._frame(tab, offer, offer.show, view)
        if offer.show is not None and (tab.is_left or not frame):
            if offer.reserved is not None:
                self._office.release(offer.reserved)
            return LEFT if tab.is_left else "no_products", 0
        tab.may_have_unseen |= offer.show is not None
        claim = offer.claim(frame)
        reason, rest_ms = await self._state.claim(tab, tab.watch.rules.site, claim)
        self.watch("claimed")
        if offer.reserved is not None and offer.coupon:
            reason = reason or await self._confirm(tab, offer, offer.reserved, frame)
            if reason:
                self._office.release(offer.reserved)
        reason = reason or ("held_out" if offer.mode == HELD else "")
        self._note(step, claim, reason or "shown")
        if not reason:
            self._telemetry.fired(tab.watch.rules.label_of(claim.rule.id), claim.variant)
            if frame:
                self._send(step, offer, frame)
        return reason, rest_ms

    async def _confirm(self, tab: Tab, offer: _Offer, reserved: Reserved, frame: bytes) -> str:
        """Make the code of a claim that succeeded the visitor's; only then may Redis and the browser have it."""
        if await self._office.confirm(reserved, offer.asker, offer.now_ms):
            self.watch("confirmed")
            self._state.keep(tab, offer.asker.fire, frame, offer.now_ms)
            return ""
        self.unseen.release_later(tab, offer.compiled, offer.asker.fire)
        return "no_code"

    def _send(self, step: Step, offer: _Offer, frame: bytes) -> None:
        tab = self.unseen.now_open(step.tab)
        tab.send(frame)
        self.watch("sent")
        self._telemetry.shown(perf_counter() - step.received)
        if offer.mode != BESIDE:
            tab.quiet_until_ms = offer.now_ms + tab.watch.rules.site.quiet_ms
        self.unseen.release_later(tab, offer.compiled, offer.asker.fire)

    async def _frame(self, tab: Tab, offer: _Offer, show: Show, view: View) -> bytes:
        """Render a popup, empty if it has nothing to show; what it reads is fetched only now, when it is needed."""
        rules = tab.watch.rules
        plan = rules.plan_to_show(show, placeholder_readings)
        if not plan.is_answered_by(view.counts):
            view.counts = {**view.counts, **await self._state.look(tab, plan, view.page, view.now_ms)}
        currency = view.page.product.currency if view.page.product else ""
        issued = offer.reserved.issued if offer.reserved else None
        given = replace(
            self.given_to(tab, show), seed=offer.seed, issued=issued, currency=currency, page=view.page,
            now_ms=offer.now_ms,
        )  # fmt: skip
        popup = render(show, lambda fact: rules.value(fact, view), tab.who.language, rules.site, given)
        return b"" if popup.get("products") == [] else wire.show_frame(offer.asker.fire, offer.asker.rule, popup)

    def _hold(self, tab: Tab, compiled: CompiledRule, reason: str) -> None:
        """Write down why a rule that is true does not fire, and see to it that it is asked again when it may."""
        rule = compiled.rule.id
        self._telemetry.held(tab.watch.rules.label_of(rule), reason)
        if reason == "popups_per_session":
            tab.exhaust()
        elif reason in RESTS or (reason == "after" and rule not in tab.not_before):
            tab.rest(compiled, for_session=reason == "limit")
        else:
            due_ms = tab.not_before[rule] if reason == "after" else tab.quiet_until_ms
            if due_ms > self._clock():
                tab.watch.armed[compiled.order] = (*tab.watch.armed.get(compiled.order, ()), ("wake", due_ms))

    def settle(self, tab: Tab, event: Event) -> None:
        """Write down that a popup was viewed or closed, and whatever else an event says of popups and coupons."""
        self.note_outcome(tab, event, self._clock())
        if event.name == page_holds.EVENT:
            self._telemetry.held_by_page(page_holds.reason_of(event.data))
        outcome = OUTCOME_OF.get(event.name)
        if outcome is not None:
            self.unseen.settled(event.data["fire"])
            self._state.settle(tab, event.data["fire"], outcome)


def _nothing(_tab: Tab, _show: Show) -> Given:
    """No popup needs more than facts and coupons."""
    return Given()


def _unwatched(_step: str) -> None:
    """Nobody looks."""


def _unnoted(_tab: Tab, _event: Event, _now_ms: int) -> None:
    """Nobody keeps account of coupons."""


def _forget(_step: Step, _claim: Claim, _reason: str) -> None:
    """Nobody takes note of claims."""
