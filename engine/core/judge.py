"""Judge the rules that an event concerns, and find what the browser should report next."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import Any

from engine.core.arm import Moment
from engine.core.ruleset import CompiledRule, Junction, Plan
from engine.core.view import View

Armed = dict[int, tuple[Moment, ...]]
"""The moments that each rule, by its order, waits for on the page shown now."""


def judge(plan: Plan, view: View, held: Collection[str], armed: Armed) -> list[CompiledRule]:
    """
    Return the rules that are true, best first: by priority, then in the order of the files.

    ``armed`` is brought up to date for every rule judged. Rules in ``held``
    cannot fire here: they arm nothing.
    """
    if armed:
        for order in plan.orders.intersection(armed):
            del armed[order]
    true: list[CompiledRule] = []
    waiting: list[CompiledRule] = []
    _walk(plan.root, view, true, waiting)
    if held:
        true = [each for each in true if each.rule.id not in held]
        waiting = [each for each in waiting if each.rule.id not in held]
    # a rule that is true may be held back now; what could make it true once more is armed all the same
    for each in chain(waiting, true):
        if moments := each.moments(view):
            armed[each.order] = moments
    if len(true) > 1:
        true.sort(key=lambda each: (-each.rule.priority, each.order))
    return true


def _walk(junction: Junction, view: View, true: list[CompiledRule], waiting: list[CompiledRule]) -> None:
    for branch in junction.branches:
        if branch.test(view):
            _walk(branch.passed, view, true, waiting)
        elif branch.failed:
            waiting += branch.failed
    true += junction.true


def arm_field(armed: Armed, now_ms: int) -> dict[str, Any]:
    """Return ``arm`` as the protocol writes it: lists in rising order, signals as true, ``wake`` from now."""
    merged: dict[str, set[int]] = {}
    for moments in armed.values():
        for name, value in moments:
            merged.setdefault(name, set()).add(value)
    field: dict[str, Any] = {}
    for name in sorted(merged):
        if name in ("page_dwell", "scroll", "idle"):
            field[name] = sorted(merged[name])
        elif name == "wake":
            field[name] = sorted({max(1, due - now_ms) for due in merged[name]})
        else:
            field[name] = True
    return field
