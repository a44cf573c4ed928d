"""Judge the rules that an event concerns, and find what the browser should report next."""

from __future__ import annotations

from collections.abc import Collection
from operator import attrgetter
from typing import Any

from engine.core.arm import Moment
from engine.core.ruleset import CompiledRule, Plan
from engine.core.verdicts import Fires
from engine.core.view import View

Armed = dict[int, tuple[Moment, ...]]
"""The moments that each rule, by its order, waits for on the page shown now."""


def judge(plan: Plan, view: View, spent: Collection[str], armed: Armed) -> list[CompiledRule]:
    """
    Return the rules that are true, best first: by priority, then in the order of the files.

    ``armed`` is brought up to date for every rule judged. Rules in ``spent``
    cannot fire again in this session: they are not judged and arm nothing.
    """
    true: list[CompiledRule] = []
    for each in plan.rules:
        if spent and each.rule.id in spent:
            armed.pop(each.order, None)
            continue
        verdict = each.judge(view)
        if isinstance(verdict, Fires):
            true.append(each)
        if (isinstance(verdict, Fires) or verdict.may_arm) and (moments := each.moments(view)):
            armed[each.order] = moments
            continue
        if armed:
            armed.pop(each.order, None)
    if len(true) > 1:
        true.sort(key=attrgetter("order"))
        true.sort(key=lambda each: -each.rule.priority)
    return true


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
