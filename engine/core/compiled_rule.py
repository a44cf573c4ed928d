"""One rule, compiled: where it can hold, what changes it, how it is judged and what it waits for."""

from __future__ import annotations

from collections.abc import Callable

from engine.core.arm import can_be_armed, compile_chance
from engine.core.chances import Moment
from engine.core.compile import Slots, compile_test, counters_of
from engine.core.conditions import AllOf, Comparison, Condition, comparisons
from engine.core.events import PAGE_KINDS, Page
from engine.core.facts import FactType
from engine.core.popup import coupons_of
from engine.core.rules import Rule, Show, Site
from engine.core.view import View


def is_fixed(condition: Condition) -> bool:
    """Tell whether only a page view can change a condition."""
    return all(each.reading.is_fixed for each in comparisons(condition))


def stays_false(condition: Condition) -> bool:
    """
    Tell whether a condition that is false when a page is shown stays so while it is.

    Beside what only a page view can change, that is a count of pages in a window
    that must be high enough: time can only make it lower.
    """
    if isinstance(condition, Comparison) and condition.reading.is_windowed:
        return condition.reading.fact.fixed and condition.operator.symbol in (">", ">=")
    return is_fixed(condition)


class CompiledRule:
    """
    A rule that can be judged.

    ``kinds`` are the kinds of page on which it could hold at all, ``checks``
    the conditions that decide it there. ``live`` tests those that events other
    than a page view can change, each with whether its failing may arm a
    moment; ``live_checks`` are these conditions; ``groups`` are the groups of events that can. ``is_bounded`` tells
    that some measure may stop being low enough: such a moment is armed even
    while other conditions fail.
    """

    __slots__ = (
        "checks",
        "counters",
        "groups",
        "is_bounded",
        "kinds",
        "live",
        "live_checks",
        "live_counters",
        "moments",
        "order",
        "rule",
    )

    def __init__(self, rule: Rule, order: int, slots: Slots, site: Site) -> None:
        self.rule = rule
        self.order = order
        gates = [each for each in rule.when.conditions if _reads_only_kind(each)]
        kinds = () if rule.is_only_started else PAGE_KINDS
        self.kinds = frozenset(kind for kind in kinds if _opens(gates, kind, slots, site))
        self.checks = tuple(each for each in rule.when.conditions if each not in gates)
        live = AllOf(tuple(each for each in self.checks if not is_fixed(each)))
        self.is_bounded = any(_has_bound(each) for each in live.conditions)
        self.live_checks = tuple(sorted(live.conditions, key=can_be_armed))
        self.live = tuple(
            (compile_test(each, slots, site), self.is_bounded or can_be_armed(each)) for each in self.live_checks
        )
        # a coupon that is good from some order on may become so with the cart
        of_coupons = frozenset(("cart",)) if any(_names_pool(each) for each in rule.shows) else frozenset[str]()
        self.groups = of_coupons.union(*(each.reading.changes for each in comparisons(live)))
        self.counters = tuple(dict.fromkeys(counters_of(rule.when)))
        self.live_counters = tuple(dict.fromkeys(counters_of(live)))
        self.moments = _moments(live, slots, site)


def _names_pool(show: Show) -> bool:
    return any(each.pool for each in coupons_of(show))


def _reads_only_kind(condition: Condition) -> bool:
    return isinstance(condition, Comparison) and condition.reading.fact.name == "page"


def _opens(gates: list[Condition], kind: str, slots: Slots, site: Site) -> bool:
    view = View(page=Page(kind=kind, url="", path=""))
    return all(compile_test(each, slots, site)(view) for each in gates)


def _has_bound(condition: Condition) -> bool:
    if isinstance(condition, Comparison):
        of_stage = condition.reading.fact.type is FactType.STAGE
        if condition.operator.symbol in (("at least",) if of_stage else (">", ">=", "is")):
            return False
    return any(can_be_armed(each) and not _is_told_by_the_clock(each) for each in comparisons(condition))


def _is_told_by_the_clock(comparison: Comparison) -> bool:
    """Whether the moment of judging is all that it takes to know it anew: it needs no report of the browser."""
    fact = comparison.reading.fact
    return fact.moment == "wake" or fact.wall is not None or (comparison.reading.is_windowed and not fact.moment)


def _moments(live: AllOf, slots: Slots, site: Site) -> Callable[[View], tuple[Moment, ...]]:
    """
    Return what tells the moments of a rule whose fixed conditions hold.

    A rule that is true has moments as well: it may be held back, and stops being true at them.
    """
    if not any(can_be_armed(each) for each in live.conditions):
        return lambda _view: ()
    chance = compile_chance(live, slots, site)
    return lambda view: chance(view)[1]
