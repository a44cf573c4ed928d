"""Rules that can never fire, rules that never get their turn, and rules that cannot be told apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from engine.core.conditions import Comparison, Condition, Reading, comparisons
from engine.core.facts import FACTS
from engine.core.lint_finding import Finding, Shop
from engine.core.operators import OPERATORS
from engine.core.popup import coupons_of
from engine.core.possible import implies, is_possible
from engine.core.rules import Rule, Site

_PAGE = Reading(FACTS["page"])


def never_fires(shop: Shop) -> Iterator[Finding]:
    """Find rules whose conditions contradict each other, or the site's policy."""
    site = shop.rules.site
    if site.popups_per_session == 0 and any(each.interrupts for each in shop.in_order):
        place = shop.places.of_site("policy", "popups_per_session")
        yield Finding(place, "the site allows 0 popups in a session: nothing ever shows", "allow one or more", True)
    for rule in shop.in_order:
        yield from _contradiction(rule, shop)
        if rule.holdout == 1 and not rule.is_silent:
            place = shop.places.of(rule.id, "holdout")
            message = f"{rule.id} can never show: its holdout keeps every visitor from it"
            yield Finding(place, message, "hold out a smaller share, such as 10%", True)


def _contradiction(rule: Rule, shop: Shop) -> Iterator[Finding]:
    site, conditions = shop.rules.site, rule.when.conditions
    for n, last in enumerate(conditions):
        if not is_possible(conditions[: n + 1], site):
            place = shop.place_of(rule, n)
            message = f"{rule.id} can never fire: {_why(conditions[:n], last, site)}"
            yield Finding(place, message, "change one of them" if n else "change it", True)
            return
    elsewhere = Comparison(_PAGE, OPERATORS["not in"], site.never_on)
    if rule.shows and conditions and not is_possible((*conditions, elsewhere), site):
        place = shop.place_of(rule, _first_about_the_page(rule))
        kinds = ", ".join(site.never_on)
        message = f"{rule.id} can never show: it is true only where the site's policy lets nothing show ({kinds})"
        yield Finding(place, message, "name another kind of page, or change 'never_on' in site.yaml", True)


def _why(before: tuple[Condition, ...], last: Condition, site: Site) -> str:
    if not is_possible((last,), site):
        return f"'{last}' is never true"
    for each in before:
        if not is_possible((each, last), site):
            return f"'{each}' and '{last}' are never true together"
    return f"'{last}' is never true together with what stands before it"


def _first_about_the_page(rule: Rule) -> int:
    """Return which of the conditions is the first to read the kind of page; the first of all where none does."""
    readings = ({each.reading for each in comparisons(condition)} for condition in rule.when.conditions)
    return next((n for n, read in enumerate(readings) if _PAGE in read), 0)


def alike(shop: Shop) -> Iterator[Finding]:
    """Find rules of which one never, or only after the other, gets its turn, and rules that cannot be told apart."""
    site = shop.rules.site
    rules = [
        each for each in shop.in_order
        if each.shows and not each.is_only_started and is_possible(each.when.conditions, site)
    ]  # fmt: skip
    facts = {each.id: frozenset(_facts(each)) for each in rules}
    for first, second in combinations(rules, 2):
        if not facts[first.id] <= facts[second.id] or not implies(second.when, first.when, site):
            continue
        is_equal = (first.priority, first.after) == (second.priority, second.after)
        if not (is_equal and implies(first.when, second.when, site)):
            yield from _behind(first, second, shop)
        else:
            place = shop.places.of(second.id, "when")
            message = f"{second.id} cannot be told apart from {first.id} ({shop.places.of(first.id, 'when')})"
            advice = "both are true at the same moments and have the same priority: change one, or say which goes first"
            yield Finding(place, message, advice)


def _facts(rule: Rule) -> Iterator[str]:
    for each in comparisons(rule.when):
        yield str(each.reading)


def _behind(first: Rule, second: Rule, shop: Shop) -> Iterator[Finding]:
    """Say what becomes of a rule that is true only where another, which goes first, is true as well."""
    if not second.interrupts:
        return  # a bar stands beside any popup
    place, other = shop.places.of(second.id, "when"), f"{first.id} ({shop.places.of(first.id, 'when')})"
    if _always_wins(first, shop.rules.site):
        message = f"{second.id} is always beaten by {other}, which is true whenever it is and goes first"
        advice = "the site allows one popup in a session: give it a higher priority, or other conditions"
        yield Finding(place, message, advice, True)
    elif first.priority > second.priority and _takes_the_moment(first, second):
        message = f"{second.id} shows only after {other}, which is true whenever it is and goes first"
        yield Finding(place, message, "give it the higher priority if it is the special case of the two")


def _always_wins(rule: Rule, site: Site) -> bool:
    """Tell whether a rule that is true leaves nothing of the session to those behind it."""
    holdout = site.holdout if rule.holdout is None else rule.holdout
    may_be_refused = rule.after is not None or any(coupon.pool for show in rule.shows for coupon in coupons_of(show))
    leaves_room = site.popups_per_session != 1 or any(each.kind == "bar" for each in rule.shows)
    return rule.limit.per == "session" and not (holdout or may_be_refused or leaves_room)


def _takes_the_moment(first: Rule, second: Rule) -> bool:
    """Tell whether a limit at least as generous as the other's makes the order of the two a likely mistake."""
    one, other = first.limit, second.limit
    is_as_generous = (one.per, one.days) == (other.per, other.days) and one.times >= other.times
    return is_as_generous and first.after == second.after
