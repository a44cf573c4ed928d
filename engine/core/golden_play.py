"""Play a golden session: the shopper's browser against the engine, both models, on one clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl

from engine.core.arbiter_model import Chances
from engine.core.browser_model import Browser
from engine.core.conditions import AllOf, Condition
from engine.core.counters import event_count
from engine.core.engine_model import EngineModel
from engine.core.events import POPUP_EVENTS, SIGNALS, Event, Page
from engine.core.golden_file import GoldenSession
from engine.core.golden_steps import CLOSED, IDLE, Step
from engine.core.rules import Rule
from engine.core.ruleset import RuleSet
from engine.core.store_model import VisitorModel
from engine.core.verdicts import Fires, Holds
from engine.core.view import View, Visitor


@dataclass(frozen=True, slots=True)
class Miss:
    """How near a rule came: ``met`` of its conditions were true; ``because`` is the first, as written, that was not."""

    met: int
    because: Condition
    view: View


def _arriving(who: Visitor, page: Page) -> Visitor:
    """Return the visitor as a session begins on a page, whose address may say by its campaign where they came from."""
    said = dict(parse_qsl(page.url.partition("#")[0].partition("?")[2]))
    return replace(
        who,
        source=said.get("utm_source", who.source),
        medium=said.get("utm_medium", who.medium),
        campaign=said.get("utm_campaign", who.campaign),
    )


class Play:
    """One session, played to its end. For the rules in ``watched``, ``misses`` holds the moment they came nearest."""

    def __init__(self, rules: RuleSet, session: GoldenSession, watched: tuple[str, ...] = ()) -> None:
        visitor = session.visitor
        store = VisitorModel(visitor.sessions - 1)
        store.hashes.visitor |= visitor.known
        store.hashes.visitor[event_count("purchase")] = visitor.known.get("orders", 0)
        self.engine = EngineModel(
            rules,
            store,
            visitor.who(),
            Chances(visitor.holdout, visitor.variant, codes=session.coupons, minimums=session.minimums),
        )
        self.engine.arrives = partial(_arriving, visitor.who())
        self.misses: dict[str, Miss] = {}
        self._rules = rules
        self._browser = Browser(self.engine, session.at_ms)
        self.engine.arbiter.show = self._browser.show
        self._watched = [rules.by_id[each].rule for each in watched]
        self._last = Event(0, "")
        before = Step()
        for step in session.steps:
            if before.popup == CLOSED and step.name != "popup_close":
                self._close_popups()
            self._take(step)
            before = step

    def look(self) -> View:
        """Return the visitor as the rules would see it now, attention that is not reported yet included."""
        return self.engine.look(self._browser.unreported_ms, self._last, self._browser.now_ms)

    def _take(self, step: Step) -> None:
        self._last = Event(0, "idle", ms=step.after_ms) if step.meanwhile == IDLE else Event(0, "")
        self._browser.popups = step.popup
        self._browser.pass_time(step.after_ms, step.meanwhile)
        self._watch()
        if step.name:
            self._last = Event(0, step.name, ms=round(step.data["ms"]) if step.name == IDLE else 0)
            self._act(step)
            self._watch()

    def _act(self, step: Step) -> None:
        if step.name == "page_view":
            self._browser.view_page(step.data)
        elif step.name == "scroll":
            self._browser.scroll(step.data["percent"])
        elif step.name in SIGNALS:
            self._browser.signal(step.name)
        elif step.name == "popup_close" and self._browser.popup:
            self._browser.close_popup()
        elif step.name in POPUP_EVENTS:
            self._browser.tell(step.name, {"fire": self._newest_fire()} | dict(step.data))
        else:
            self._browser.tell(step.name, step.data)

    def _newest_fire(self) -> str:
        return self.engine.fired[-1].fire if self.engine.fired else "f_none"

    def _close_popups(self) -> None:
        while self._browser.popup:
            self._browser.close_popup()

    def _watch(self) -> None:
        """Note for every watched rule the latest moment at which most of its conditions were true."""
        if not self._watched:
            return
        view = self.look()
        for rule in self._watched:
            verdict = self._rules.explain(rule, view)
            if isinstance(verdict, Holds):
                met = self._met(rule, view)
                if rule.id not in self.misses or met >= self.misses[rule.id].met:
                    self.misses[rule.id] = Miss(met, verdict.because, view)

    def _met(self, rule: Rule, view: View) -> int:
        alone = (replace(rule, when=AllOf((each,))) for each in rule.when.conditions)
        return sum(isinstance(self._rules.explain(each, view), Fires) for each in alone)
