"""What becomes of what a shopper sent off in a popup: kept in the database, and in the visitor's fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from engine.core.chains import tagged_by
from engine.core.doing import Change
from engine.core.events import Event
from engine.core.popup import render
from engine.core.rules import Show
from engine.core.ruleset import RuleSet
from engine.core.submissions import Answer, Subscription, read_submission
from engine.core.tokens import is_fleeting
from engine.edge.subscribers import Consent, Origin, Subscribers
from engine.tab import Tab


class Visitors(Protocol):
    """What submissions need of the shared state."""

    async def firing_of(self, tab: Tab, fire: str) -> tuple[str, str] | None:
        """Return the rule and the variant of one of the visitor's firings."""

    async def change(self, tab: Tab, changes: Iterable[Change]) -> None:
        """Do this to the visitor; twice is as once."""

    async def set_field(self, tab: Tab, name: str, value: str) -> None:
        """Set a field of the visitor's."""


class Submissions:
    """Keeps what was asked for. Raises what the database or the shared state raises: the event then comes again."""

    def __init__(self, visitors: Visitors, subscribers: Subscribers, rules: Callable[[str], RuleSet]) -> None:
        self._visitors = visitors
        self._subscribers = subscribers
        self._rules = rules

    async def take(self, tab: Tab, event: Event, now_ms: int) -> None:
        """
        Keep what an event ``popup_submit`` says.

        Only what the rule of this very firing asked for: a popup that was never
        shown to this visitor has nothing to send off. Of an address that has sent off too many, nothing is kept; it
        is not told.
        """
        fields = event.data.get("fields")
        if not fields or not tab.may_submit():
            return
        fire = event.data["fire"]
        found = await self._visitors.firing_of(tab, fire)
        show = self._show_of(tab.site, *found) if found else None
        if found is None or show is None:
            return
        if changes := tagged_by(show, event):
            await self._visitors.change(tab, changes)
        said = read_submission(show, fields, self._rules(tab.site).site.languages)
        origin = Origin(tab.site, "" if is_fleeting(tab.visitor) else tab.visitor, found[0], fire, now_ms)
        match said:
            case Subscription(address):
                await self._subscribers.subscribe(address, self._consent(tab, show), origin)
            case Answer(field=field, value=value):
                await self._subscribers.answer(said, origin)
                if field:
                    await self._visitors.set_field(tab, field, value)

    def _show_of(self, site: str, rule_id: str, variant: str) -> Show | None:
        """Return the popup of a rule in force; None where the rule or the variant has gone."""
        compiled = self._rules(site).by_id.get(rule_id)
        if compiled is None:
            return None
        rule = compiled.rule
        return next((each.show for each in rule.variants if each.name == variant), None) if variant else rule.show

    def _consent(self, tab: Tab, show: Show) -> Consent:
        """Return what the shopper was shown beside the box."""
        popup = render(show, lambda _: None, tab.who.language, self._rules(tab.site).site)
        return Consent(popup["consent"], popup["lang"])
