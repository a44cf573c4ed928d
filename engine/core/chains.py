"""Chains: a click in one rule's popup shows another rule's at once."""

from __future__ import annotations

from typing import NamedTuple

from engine.core.events import Event
from engine.core.popup import start_of
from engine.core.rules import Rule


class Click(NamedTuple):
    """What was clicked in a popup: the choice, from 0, of a step."""

    step: str
    choice: int


def click_of(event: Event) -> Click | None:
    """Return the click that an event reports, if it reports one."""
    if event.name != "popup_submit":
        return None
    fields = event.data.get("fields") or {}
    step, choice = fields.get("step"), fields.get("choice")
    if isinstance(choice, str):
        choice = int(choice) if choice.isascii() and choice.isdigit() and len(choice) < 4 else None
    if not isinstance(step, str) or isinstance(choice, bool) or not isinstance(choice, int):
        return None
    return Click(step, choice)


def started_rule(rule: Rule, variant: str, click: Click) -> str | None:
    """Return the rule whose popup a click in this rule's asks for; None where it asks for none."""
    named = {each.name: each.show for each in rule.variants}
    show = named.get(variant) if named else rule.show
    return None if show is None else start_of(show, click.step, click.choice)
