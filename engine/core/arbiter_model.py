"""Who may fire, as one visitor's browser meets it: the arbiter without Redis and without the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from engine.core.chains import click_of, started_rule
from engine.core.compiled_rule import CompiledRule
from engine.core.counters import CART_VALUE
from engine.core.events import NOWHERE, Event, Page
from engine.core.firings import HOLDS_ALL, LEFT, RESTS, UNSEEN_AFTER_MS, is_awaited, is_exhausted, is_spent
from engine.core.holdout import holdout_of
from engine.core.judge import Watch
from engine.core.popup_parts import RECENTLY_VIEWED
from engine.core.products import SEEN, shelf_of
from engine.core.rules import Rule, Show, Site, Variant
from engine.core.ruleset import RuleSet
from engine.core.store_model import Claim, VisitorModel
from engine.core.variants import variant_of

_SAID_AS_SUCH = ("held_out", "no_code", "minimum_order", "no_products", "after")
"""What held a rule back on this page view, where that says more than that it fired here."""


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule's popup went out, or what it does was done."""

    rule: str
    fire: str
    at_ms: int
    variant: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """A rule was true, and the arbiter held it back."""

    rule: str
    reason: str
    at_ms: int


@dataclass
class Chances:
    """
    What falls to a visitor by chance or by stock, and is laid down here.

    ``held_out`` puts the visitor in the holdout of every rule that has one;
    ``variant`` is theirs wherever a rule has one of that name, else it follows
    from ``visitor``. ``codes`` says how many codes a pool has left; what it
    does not name has enough. ``minimums`` are the least orders that pools are good for.
    """

    held_out: bool = False
    variant: str = ""
    visitor: str = "v1"
    codes: Mapping[str, int] = field(default_factory=dict)
    minimums: Mapping[str, float] = field(default_factory=dict)

    def holds_out(self, rule: Rule, site: Site) -> bool:
        """Tell whether the visitor is in a rule's holdout."""
        return self.held_out and holdout_of(rule, site) > 0

    def asked_ms(self, _rule: Rule, now_ms: int) -> int:
        """Return when a rule that an event at ``now_ms`` made true asks whether it may fire: at once."""
        return now_ms

    def variant_of(self, rule: Rule) -> Variant | None:
        """Return the visitor's variant of a rule."""
        return variant_of(self.visitor, rule, self.variant)


class ArbiterModel:
    """Decides which of the rules that are true fires, for one visitor; ``watch`` is what the page waits for."""

    def __init__(self, rules: RuleSet, store: VisitorModel, watch: Watch, chances: Chances) -> None:
        self.rules = rules
        self.fired: list[Fired] = []
        self.refused: list[Refused] = []
        self.show: Callable[[str], None] = lambda _fire: None
        self.exhausted = False
        self.is_left = False
        self._store = store
        self._watch = watch
        self._chances = chances
        self._owned: set[str] = set()
        self._spent: set[str] = set()
        self._spent_here: set[str] = set()
        self._not_before: dict[str, int] = {}
        self._quiet_until_ms = 0
        self._unviewed: list[Fired] = []
        self._doc, self._view, self._page = "", 0, NOWHERE

    @property
    def held(self) -> set[str]:
        """The rules that cannot fire here."""
        held = self._spent | self._spent_here if self._spent else self._spent_here
        return held | self.rules.interrupting if self.exhausted else held

    @property
    def is_done(self) -> bool:
        """Whether nothing can fire here in this session, whatever happens."""
        return self.exhausted and not self.rules.unobtrusive

    def open(self, doc: str, view: int, page: Page, now_ms: int) -> None:
        """Find what the visitor's firings leave to a document that connects."""
        self._doc, self._view, self._page, self._quiet_until_ms = doc, view, page, 0
        firings, most, session = self._store.firings, self.rules.site.popups_per_session, self._store.session
        self.exhausted = is_exhausted(chain.from_iterable(firings.values()), session, most, now_ms)
        self._spent = {
            each.rule.id
            for each in self.rules.rules
            if is_spent(each.rule, firings.get(each.rule.id, ()), session, now_ms)
        }
        self._spent_here = {
            rule for rule, past in firings.items() if any((each["d"], each["v"]) == (doc, view) for each in past)
        }
        awaited = [
            Fired(rule, each["f"], each["t"])
            for rule, past in firings.items()
            for each in past
            if is_awaited(each, now_ms)
        ]
        self._unviewed = sorted(awaited, key=lambda each: each.at_ms)

    def turn(self, view: int, page: Page) -> None:
        """Another page is shown."""
        self._view, self._page = view, page
        self._spent_here.clear()
        self._not_before.clear()

    def begin_session(self) -> None:
        """What the last session had spent is free again."""
        self.exhausted = False
        self._spent.clear()

    def release(self, now_ms: int) -> None:
        """Let rules fire again whose popups nobody viewed in time."""
        while self._unviewed and now_ms - self._unviewed[0].at_ms >= UNSEEN_AFTER_MS:
            old = self._unviewed.pop(0)
            if not any(each["w"] for each in self._store.firings.get(old.rule, ()) if each["t"] == old.at_ms):
                self.wake_up(old.rule)

    def wake_up(self, rule: str) -> None:
        """Let a rule fire again: nobody saw its popup."""
        self._spent.discard(rule)
        self._spent_here.discard(rule)
        self.exhausted = False
        self._quiet_until_ms = 0

    def fire(self, true: list[CompiledRule], now_ms: int) -> bool:
        """
        Show the first rule whose claim succeeds; what holds back any popup ends the asking for popups.

        Returns whether a rule that fired did something to the visitor.
        """
        over, has_done = "quiet" if now_ms < self._quiet_until_ms else "", False
        for compiled in true:
            if over and compiled.rule.interrupts:
                self._hold(compiled, over, now_ms)
                continue
            reason = self._try(compiled, now_ms)
            has_done = has_done or (not reason and bool(compiled.rule.do))
            if compiled.rule.interrupts:
                over = reason if reason in HOLDS_ALL else "" if reason else "outranked"
        return has_done

    def start(self, event: Event, now_ms: int) -> None:
        """Show the popup that a click on another one asks for."""
        click, fire = click_of(event) if event.doc is None else None, event.data["fire"]
        known = self._store.firing_of(fire)
        if click is None or known is None:
            return
        wanted = started_rule(self.rules.by_id[known[0]].rule, known[1], click)
        compiled = self.rules.by_id.get(wanted or "")
        if compiled is not None:
            self._store.settle(fire, "close")
            self._try(compiled, now_ms, started_by=fire)

    def shown(self, fire: str) -> Show | None:
        """Return the popup of a firing; None if it showed nothing, or is not known."""
        known = self._store.firing_of(fire)
        if known is None or known[0] not in self.rules.by_id:
            return None
        rule = self.rules.by_id[known[0]].rule
        return next((each.show for each in rule.variants if each.name == known[1]), rule.show)

    def held_by(self, rule: Rule) -> str:
        """Return what holds back a rule whose conditions are true: a refusal, or 'nothing'."""
        if self.exhausted and rule.interrupts:
            return "popups_per_session"
        if rule.id in self._spent:
            return "limit"
        refusals = [each.reason for each in self.refused if each.rule == rule.id]
        if rule.id in self._spent_here and not (refusals and refusals[-1] in _SAID_AS_SUCH):
            return "page_view"
        return refusals[-1] if refusals else "nothing"

    def _try(self, compiled: CompiledRule, now_ms: int, started_by: str = "") -> str:
        """Fire a rule; return '' or what held it back."""
        rule = compiled.rule
        now_ms = self._chances.asked_ms(rule, now_ms)
        fire = f"f_{len(self.fired) + 1}"
        variant = self._chances.variant_of(rule)
        held_out = not started_by and self._chances.holds_out(rule, self.rules.site)
        show = None if held_out else variant.show if variant else rule.show
        reason, rest_ms = self._refusal(rule, show, started_by, now_ms)
        if not reason:
            name = variant.name if variant else ""
            claim = Claim(
                fire, rule, self.rules.site, self._store.session, self._doc, self._view, held_out, name,
                started_by=started_by,
            )  # fmt: skip
            reason, rest_ms = self._store.claim(claim, now_ms)
            if not (reason or held_out):
                self._has_fired(compiled, Fired(rule.id, fire, now_ms, name), show, bool(started_by))
                return ""
        if reason == "quiet":
            self._quiet_until_ms = now_ms + rest_ms
        elif reason == "after" and rest_ms:
            self._not_before[rule.id] = now_ms + rest_ms
        self._hold(compiled, reason or "held_out", now_ms)
        return reason or "held_out"

    def _refusal(self, rule: Rule, show: Show | None, started_by: str, now_ms: int) -> tuple[str, int]:
        """Return what holds a rule back before it is claimed, and the ms until that is over."""
        if self.is_left and rule.shows:
            return LEFT, 0
        if not started_by:
            if self._page.kind in self.rules.site.never_on and not rule.is_silent:
                return "never_on", 0
            if (rest_ms := self._not_before.get(rule.id, 0) - now_ms) > 0:
                return "after", rest_ms
        if show is not None and not self._has_products(show):
            return "no_products", 0
        pool = _pool_of(show)
        if 0 < self._store.hashes.session.get(CART_VALUE, 0) < self._chances.minimums.get(pool, 0):
            return "minimum_order", 0
        has_code = pool in self._owned or self._chances.codes.get(pool, 1) > 0
        return ("", 0) if has_code else ("no_code", 0)

    def _has_products(self, show: Show) -> bool:
        """Tell whether a popup of products looked at has any but the page's own; what a feed has is not known here."""
        shelf = shelf_of(show)
        if shelf is None or shelf.source != RECENTLY_VIEWED:
            return True
        seen = self._store.hashes.visitor.get(SEEN, [])
        here = self._page.product.id if self._page.product is not None else None
        return any(each["id"] != here for each in seen)

    def _has_fired(self, compiled: CompiledRule, fired: Fired, show: Show | None, started: bool) -> None:
        rule = compiled.rule
        self.fired.append(fired)
        self._rest(compiled, for_session=rule.limit.times == 1 and rule.limit.per != "days")
        if show is not None:
            self._owned.add(_pool_of(show))
            self._unviewed.append(fired)
            if rule.interrupts or started:
                self._quiet_until_ms = fired.at_ms + self.rules.site.quiet_ms
            self.show(fired.fire)

    def _hold(self, compiled: CompiledRule, reason: str, now_ms: int) -> None:
        """Write down why a rule that is true does not fire, and see to it that it is asked again when it may."""
        rule = compiled.rule.id
        self.refused.append(Refused(rule, reason, now_ms))
        if reason == "popups_per_session":
            self.exhausted = True
            for order in [each for each in self._watch.armed if self.rules.rules[each].rule.interrupts]:
                del self._watch.armed[order]
        elif reason in RESTS or (reason == "after" and rule not in self._not_before):
            self._rest(compiled, for_session=reason == "limit")
        else:
            due_ms = self._not_before[rule] if reason == "after" else self._quiet_until_ms
            if due_ms > now_ms:
                wake = ("wake", due_ms)
                self._watch.armed[compiled.order] = (*self._watch.armed.get(compiled.order, ()), wake)

    def _rest(self, compiled: CompiledRule, for_session: bool) -> None:
        """Leave a rule alone on this page view, or for the whole session."""
        (self._spent if for_session else self._spent_here).add(compiled.rule.id)
        self._watch.armed.pop(compiled.order, None)


def _pool_of(show: Show | None) -> str:
    """Return the pool, or the code, that a popup's coupon names; empty if it promises none."""
    coupon = show.content.get("coupon") if show is not None else None
    return coupon.code if coupon is not None else ""
