"""What a click in a popup does: it shows another rule's at once, or gives the visitor a tag."""

from __future__ import annotations

from typing import NamedTuple

from engine.core.doing import TAG, Change
from engine.core.events import Event
from engine.core.popup import start_of, tag_of
from engine.core.rules import Rule, Show


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


def tagged_by(show: Show, event: Event) -> list[Change]:
    """Return what a click that an event reports does to the visitor."""
    click = click_of(event)
    tag = tag_of(show, click.step, click.choice) if click is not None else None
    return [] if tag is None else [Change(TAG, tag)]
