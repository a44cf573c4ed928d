"""One open document of a shopper, and the events of it that are under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.compiled_rule import CompiledRule
from engine.core.events import NOWHERE, Page
from engine.core.judge import Watch
from engine.core.ruleset import RuleSet
from engine.core.view import Visitor
from engine.native import Step, TabCore

__all__ = ["Step", "Tab"]

_NOTHING: frozenset[tuple[str, int]] = frozenset()
_UNKNOWN = frozenset({("", 0)})
"""Stands for arms that the browser may have dropped: they are sent again whatever they are."""


class Tab(TabCore):
    """
    A document's open connection, as the engine knows it.

    Nothing here is the truth about the visitor: that is in Redis. It is what
    saves asking again: the page, what was armed, which rules are spent.
    ``view`` is the seq of the page_view that shows the page; ``held`` are the
    rules that cannot fire here, and where it is ``exhausted`` none can show anything. ``not_before`` says of rules
    that have to wait when asking for them is of use again. ``done`` is the highest seq that may be
    acknowledged, ``owed`` the number of events whose acknowledgement has not been sent. ``may_submit`` tells whether
    one more form may be sent off from here, ``may_have_coupon`` whether one more coupon may be given out. Where the
    page ``is_left``, nobody will see anything there; ``may_have_unseen`` tells whether popups were sent that perhaps
    nobody has viewed. ``sent`` is the highest seq that has gone to Redis, ``left_sent`` that of the earlier document
    whose events came last, ``left_doc``. In an ``undisturbed`` one nothing interrupts, in any session.
    """

    __slots__ = (
        "doc",
        "hang_up",
        "is_left",
        "left_doc",
        "left_sent",
        "may_have_coupon",
        "may_have_unseen",
        "may_submit",
        "not_before",
        "site",
        "spent",
        "spent_here",
        "undisturbed",
        "visitor",
        "when_closed",
    )

    def __init__(self, site: str, visitor: str, doc: str, keys: Any, rules: RuleSet) -> None:
        super().__init__()
        self.site = site
        self.visitor = visitor
        self.doc = doc
        self.keys = keys
        self.session = ""
        self.who = Visitor()
        self.page: Page = NOWHERE
        self.left_doc = ""
        self.left_sent = 0
        self.undisturbed = False
        self.is_left = False
        self.may_have_unseen = False
        self.not_before: dict[str, int] = {}
        self.watch = Watch(rules)
        self.sent_arm: frozenset[tuple[str, int]] = frozenset()
        self.spent: frozenset[str] = frozenset()
        self.spent_here: frozenset[str] = frozenset()
        self.held: frozenset[str] = frozenset()
        self.send: Callable[[bytes], None] = _nowhere
        self.hang_up: Callable[[int, str], None] = _nobody
        self.may_submit: Callable[[], bool] = _always
        self.may_have_coupon: Callable[[], bool] = _always

        self.when_closed: Callable[[], None] = _nothing

    def turn_to(self, page: Page, view: int, rules: RuleSet) -> None:
        """Show another page: what was armed for the one before is void."""
        self.page = page
        self.view = view
        self.watch.turn(rules)
        self.sent_arm = _UNKNOWN if self.sent_arm else frozenset()
        self.arm_is_stale = True
        self.spent_here = frozenset()
        self.not_before.clear()
        self.hold_again()

    def rest(self, compiled: CompiledRule, for_session: bool) -> None:
        """Leave a rule alone on this page view, or for the whole session."""
        if for_session:
            self.spent |= {compiled.rule.id}
        else:
            self.spent_here |= {compiled.rule.id}
        self.hold_again()
        self.watch.armed.pop(compiled.order, None)

    def wake_up(self, compiled: CompiledRule) -> None:
        """Let a rule fire again: nobody saw its popup, which counts towards no limit and begins no quiet time."""
        self.spent -= {compiled.rule.id}
        self.spent_here -= {compiled.rule.id}
        self.exhausted = self.undisturbed
        self.quiet_until_ms = 0
        self.hold_again()

    def exhaust(self) -> None:
        """Let nothing interrupt for the whole session: it has seen as many popups as the site allows."""
        self.exhausted = True
        self.hold_again()
        for order in [each for each in self.watch.armed if self.watch.rules.rules[each].rule.interrupts]:
            del self.watch.armed[order]

    def settle_in(self, spent: frozenset[str], spent_here: frozenset[str], exhausted: bool) -> None:
        """Take over what the visitor's firings say of what may fire."""
        self.spent, self.spent_here, self.exhausted = spent, spent_here, exhausted
        self.hold_again()

    @property
    def is_done(self) -> bool:
        """Whether nothing can fire here in this session, whatever happens."""
        return self.exhausted and not self.watch.rules.unobtrusive

    def begin_session(self, session: str) -> None:
        """Take a new session: what the last one had spent is free again."""
        self.session = session
        self.exhausted = self.undisturbed
        self.spent = frozenset()
        self.hold_again()

    def hold_again(self) -> None:
        """Find the rules that cannot fire here anew: other rules are in force, or others are spent."""
        held = self.spent | self.spent_here if self.spent_here else self.spent
        if self.exhausted:
            # of a thousand rules no copy is made where it would be the same
            every = self.watch.rules.interrupting
            held = every if held <= every else held | every
        self.held = held

    def close(self) -> None:
        """The connection is gone: nothing more is sent, and what is under way will come again."""
        self.closed = True
        self.send = _nowhere
        self.hang_up = _nobody
        self.may_submit = self.may_have_coupon = _always
        self.under_way.clear()
        # who waits for it knows the tab: each would keep the other
        when_closed, self.when_closed = self.when_closed, _nothing
        when_closed()

    def waits_for(self) -> frozenset[tuple[str, int]]:
        """Return all moments that are armed now."""
        if not self.watch.armed:
            return _NOTHING
        waits: set[tuple[str, int]] = set()
        for moments in self.watch.armed.values():
            waits.update(moments)
        return frozenset(waits)


def _nowhere(_frame: bytes) -> None:
    """Stand for the connection before it is there and after it is gone."""


def _nobody(_code: int, _reason: str) -> None:
    """Likewise."""


def _always() -> bool:
    """Let whoever has no connection have it: there is nothing to count them by."""
    return True


def _nothing() -> None:
    """Nobody waits for the end of the connection."""
