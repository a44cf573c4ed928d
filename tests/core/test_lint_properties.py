"""What lint calls an error never comes: such a rule fires in no session, whatever the shopper does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given

from engine.core.golden import run_session
from engine.core.golden_file import GoldenSession, GoldenVisitor
from engine.core.golden_steps import AWAY, IDLE, Step
from engine.core.lint import lint
from engine.core.rule_printer import print_rules
from engine.core.rules import Site
from engine.core.ruleset import RuleSet
from tests.core.reading import a_rule, read_one
from tests.core.shoppers import Said, Shopper, rule_sets, visits
from tests.drawn import drawn

ONE_POPUP = Site(holdout=0, popups_per_session=1, quiet_ms=0)
SHOW = read_one(a_rule()).show
NOON_MS = 1_767_614_400_000
_PASSING = {"page_dwell": "ms", "wake": "after", "idle": "ms"}


def as_step(name: str, data: dict[str, Any]) -> Step:
    """Return what happens as a step of a golden session: what browsers report by themselves is time that passes."""
    if name in _PASSING:
        meanwhile = {"wake": AWAY, "idle": IDLE}.get(name, "attentive")
        return Step(after_ms=data[_PASSING[name]], meanwhile=meanwhile)
    return Step(name=name, data=data)


@drawn(75)
@given(rule_sets(), visits())
def test_rule_of_which_lint_says_that_it_cannot_never_fires(drawn: RuleSet, visit: tuple[Shopper, list[Said]]) -> None:
    rules = RuleSet((replace(each.rule, show=SHOW) for each in drawn.rules), ONE_POPUP)
    files = {"rules.yaml": print_rules(each.rule for each in rules.rules)}
    errors = [each for each in lint(files, rules) if each.is_error]
    cannot = {each.message.split()[0] for each in errors}
    steps = tuple(as_step(*said) for said in visit[1])
    session = GoldenSession("drawn", "here:1", NOON_MS, GoldenVisitor(), steps)
    assert not cannot & {each.rule for each in run_session(rules, session).fired}


@drawn(50)
@given(rule_sets())
def test_every_finding_has_a_place_in_the_file_and_says_what_to_do(drawn: RuleSet) -> None:
    rules = RuleSet((replace(each.rule, show=SHOW) for each in drawn.rules), ONE_POPUP)
    text = print_rules(each.rule for each in rules.rules)
    for found in lint({"rules.yaml": text}, rules):
        assert found.place.line <= len(text.splitlines())
        assert found.advice
