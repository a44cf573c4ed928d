"""Rules that wait for each other, and rules that nothing starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.core.lint_finding import Finding, Shop
from engine.core.popup_parts import starts_in
from engine.core.rules import Rule


def broken_chains(shop: Shop) -> Iterator[Finding]:
    """Find rules that wait for each other in a circle, popups that start each other in one, and rules nobody starts."""
    waits = {each.id: (each.after.rule,) for each in shop.in_order if each.after is not None}
    starts = {each.id: _starts(each) for each in shop.in_order}
    started = {rule for several in starts.values() for rule in several}
    for rule in shop.in_order:
        if (circle := _circle(rule.id, waits)) is not None:
            message = f"{rule.id} can never fire: it waits for itself ({' after '.join(circle)})"
            yield Finding(shop.places.of(rule.id, "after"), message, "let one of them wait for nothing", True)
        if (circle := _circle(rule.id, starts)) is not None:
            message = f"{rule.id}: clicks lead back to its popup ({' starts '.join(circle)})"
            yield Finding(shop.places.of(rule.id, "show"), message, "let one of the popups be the last")
        if rule.is_only_started and rule.id not in started:
            message = f"{rule.id} can never fire: it has no conditions, and no popup starts it"
            yield Finding(
                shop.places.of(rule.id), message, f"give it a 'when:', or a popup with 'start: {rule.id}'", True
            )


def _starts(rule: Rule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for show in rule.shows for each in starts_in(tuple(show.content.values()))))


def _circle(first: str, ways: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the shortest way from a rule back to itself, both ends included; None if there is none."""
    paths: list[tuple[str, ...]] = [(first,)]
    seen = {first}
    for path in paths:  # which grows while it is walked
        for each in ways.get(path[-1], ()):
            if each == first:
                return (*path, first)
            if each not in seen:
                seen.add(each)
                paths.append((*path, each))
    return None
