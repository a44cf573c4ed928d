"""A thousand visitors wander past a real engine; afterwards the replay must tell of each event what came of it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from engine.__main__ import main
from engine.core.backtest import Backtest
from engine.core.recorded import HELD_OUT, SHOWN, Record, claims_of, each_once
from engine.core.replay import LEFT, Replay
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.core.why import FIRED, HELD, answers_of
from engine.edge.archive_reading import Recordings, Span
from engine.edge.secret_keys import make_key
from tests.edge.archives import archived
from tests.live.conftest import NO_LIMIT
from tests.live.engine_process import ShopEngine
from tests.live.wanderers import RULES, SITE, Place, Wanderer, fired_of, wander_all
from tests.waiting import wait_for

VISITORS = int(os.environ.get("SHOPBELL_WANDERERS", "1000"))
EVENTS = 8


@dataclass(frozen=True)
class Past:
    """What happened, as the visitors saw it and as it was recorded."""

    engine: ShopEngine
    rules: RuleSet
    wanderers: list[Wanderer]
    records: dict[str, list[Record]]

    @property
    def fired(self) -> dict[Place, list[str]]:
        """The rules whose popups arrived, by the event that they came at."""
        return fired_of(self.wanderers)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    """What so many visitors did; half of it is archived meanwhile, half still in the log."""
    engine = ShopEngine(tmp_path_factory.mktemp("wanderers") / "engine", *NO_LIMIT, "--archive-every", "1")
    (engine.rules / "cart.yaml").write_text(RULES)
    (engine.rules / "site.yaml").write_text(SITE)
    with engine:
        wanderers = list(asyncio.run(wander_all(engine.stream, VISITORS, EVENTS)))
        recordings = Recordings(engine.data / "archive", engine.redis_url)
        logged = recordings.logged(engine.site)
        for visitor, records in recordings.visitors(engine.site, Span()):
            logged[visitor] = each_once([*records, *logged.get(visitor, [])])
        rules = read_rules({"rules.yaml": RULES, "site.yaml": SITE})
        yield Past(engine, rules, wanderers, {each.visitor: logged[each.visitor] for each in wanderers})


def test_replay_fires_exactly_what_fired_live_and_refuses_what_was_refused(past: Past) -> None:
    fired: dict[Place, list[str]] = {}
    refused: dict[tuple[str, str, int, str], str] = {}
    recorded: dict[tuple[str, str, int, str], str] = {}
    for visitor, records in past.records.items():
        claims = claims_of(records)
        replay = Replay(visitor, past.rules, claims, follow=False)
        for record in records:
            happened = replay.take(record)
            if happened is not None and happened.fired:
                fired[visitor, record.doc, record.seq] = [each.rule for each in happened.fired]
            for each in happened.refused if happened is not None else ():
                refused[visitor, record.doc, record.seq, each.rule] = each.reason
        recorded |= {
            (visitor, doc, seq, rule): claimed.came_of_it
            for (_, doc, seq), by_rule in claims.items()
            for rule, claimed in by_rule.items()
            if claimed.came_of_it != SHOWN
        }
    assert fired == past.fired
    assert recorded.items() <= refused.items()
    assert {rule for rules in fired.values() for rule in rules} == {*past.rules.by_id} - {"at-the-till"}
    assert HELD_OUT in recorded.values()


def test_why_tells_of_each_event_and_rule_what_came_of_it(past: Past) -> None:
    said: dict[Place, list[str]] = {}
    for visitor, records in past.records.items():
        for moment in answers_of(visitor, past.rules, records):
            place = (visitor, moment.record.doc, moment.record.seq)
            fired = [each.rule for each in moment.answers if each.verdict == FIRED]
            if fired:
                said[place] = fired
            assert all(each.because is not None for each in moment.answers if each.verdict == HELD)
            assert not any(each.reason == LEFT for each in moment.answers)
    assert said == past.fired


def test_backtest_names_exactly_the_sessions_in_which_the_rules_fired_live(past: Past) -> None:
    backtest = Backtest(past.rules, past.rules.by_id, 0, 2**62)
    for visitor, records in past.records.items():
        backtest.take(visitor, records)
    named = {(each.rule, each.visitor, each.session) for each in backtest.found.reached}
    assert named == backtest.found.live
    assert {(rule, visitor) for rule, visitor, _ in named} == {
        (rule, place[0]) for place, rules in past.fired.items() for rule in rules
    }
    assert sum(each.times for each in backtest.found.reached) == sum(map(len, past.fired.values()))


def test_everything_reaches_the_archive_once_and_the_log_is_empty_then(past: Past) -> None:
    key = f"sb:{{{past.engine.site}:log:0}}"
    with past.engine.redis() as store:
        wait_for(lambda: store.xlen(key) == 0, 20)
    rows = archived(past.engine.data / "archive", "visitor, doc, seq, kind", past.engine.site)
    events = [row[:3] for row in rows if row[3] == "event"]
    assert len(events) == len(set(events))
    for visitor, doc, seq in past.fired:
        assert (visitor, doc, seq) in events


def test_command_and_api_tell_why(past: Past, capsys: pytest.CaptureFixture[str]) -> None:
    (visitor, _, _), [rule, *_] = next(iter(past.fired.items()))
    data = str(past.engine.data)
    assert main(["why", "--visitor", visitor, "--rules", str(past.engine.rules), "--data", data]) == 0
    told = capsys.readouterr().out
    assert f"{rule}" in told
    assert "fired at" in told
    secret = asyncio.run(make_key(f"sqlite+aiosqlite:///{data}/shopbell.db", past.engine.site, ""))
    url, header = f"{past.engine.url}/v1/visitors/{visitor}/why", {"Authorization": f"Bearer {secret}"}
    with httpx.Client() as client:
        answer = client.get(url, headers=header)
        sessions = answer.json()["sessions"]
        assert sum(each["fired"] for session in sessions for each in session["rules"]) >= 1
        assert (client.get(url)).status_code == 401
        unknown = client.get(url.replace(visitor, "nobody"), headers=header)
    assert unknown.status_code == 404
    assert unknown.json() == {"error": f"nothing is recorded of a visitor 'nobody' of the site {past.engine.site}"}


def test_sum_over_sessions_names_what_held_the_rule(past: Past, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--rules", str(past.engine.rules), "--data", str(past.engine.data)]
    assert main(["why", "--rule", "sweetener", "--since", "1d", *flags]) == 0
    told = capsys.readouterr().out
    fired = sum("sweetener" in rules for rules in past.fired.values())
    assert told.startswith(f"sweetener: fired in {fired:,} of ")
    assert "by `page.dwell is more than 10s` (median " in told
