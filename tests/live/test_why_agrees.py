"""A thousand visitors wander past a real engine; afterwards the replay must tell of each event what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from engine.__main__ import main
from engine.core.backtest import Backtest
from engine.core.firings import LEFT
from engine.core.recorded import HELD_OUT, SHOWN, Record, claims_of, each_once
from engine.core.replay import Replay
from engine.core.rulefile import read_rules
from engine.core.ruleset import RuleSet
from engine.core.why import FIRED, HELD, answers_of
from engine.edge.archive_reading import Recordings, Span
from engine.edge.keys import log_key
from engine.edge.redis_store import log_shards
from engine.edge.secret_keys import make_key
from tests.edge.archives import archived
from tests.live.engine_process import ShopEngine
from tests.live.wandered import NEVER, RULES, SILENT, SITE
from tests.live.wanderers import Place, Wanderer, fired_of, wander_all
from tests.plain_http import NO_TLS
from tests.waiting import wait_for

VISITORS = 1_000


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

    @property
    def done(self) -> set[tuple[Place, str]]:
        """The rules that did something and showed nothing, as it was recorded, each with the event."""
        return {
            ((visitor, doc, seq), rule)
            for visitor, records in self.records.items()
            for (_, doc, seq), claims in claims_of(records).items()
            for rule, claimed in claims.items()
            if rule in SILENT and claimed.came_of_it == SHOWN
        }

    def agrees_with(self, told: dict[Place, list[str]]) -> bool:
        """Tell whether exactly this was shown, and done."""
        shown = {place: [each for each in rules if each not in SILENT] for place, rules in told.items()}
        silent = {(place, each) for place, rules in told.items() for each in rules if each in SILENT}
        return {place: rules for place, rules in shown.items() if rules} == self.fired and silent == self.done


@pytest.fixture(scope="module", params=[4, 25], ids=["short", "long"])
def past(request: pytest.FixtureRequest, an_engine: Callable[..., ShopEngine]) -> Iterator[Past]:
    """What so many visitors did; half of it is archived meanwhile, half still in the log."""
    engine = an_engine("wanderers", "--archive-every", "1")
    (engine.rules / "cart.yaml").write_text(RULES)
    (engine.rules / "site.yaml").write_text(SITE)
    with engine:
        wanderers = list(asyncio.run(wander_all(engine.stream, VISITORS, request.param)))
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
    assert past.agrees_with(fired)
    assert recorded.items() <= refused.items()
    assert {rule for rules in fired.values() for rule in rules} == {*past.rules.by_id} - NEVER
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
    assert past.agrees_with(said)


def test_backtest_names_exactly_the_sessions_in_which_the_rules_fired_live(past: Past) -> None:
    backtest = Backtest(past.rules, past.rules.by_id, 0, 2**62)
    for visitor, records in past.records.items():
        backtest.take(visitor, records)
    named = {(each.rule, each.visitor, each.session) for each in backtest.found.reached}
    assert named == backtest.found.live
    happened = past.done | {(place, rule) for place, rules in past.fired.items() for rule in rules}
    assert {(rule, visitor) for rule, visitor, _ in named} == {(rule, place[0]) for place, rule in happened}
    assert sum(each.times for each in backtest.found.reached) == len(happened)


def test_everything_reaches_the_archive_once_and_the_log_is_empty_then(past: Past) -> None:
    with past.engine.redis() as store:
        keys = [log_key(past.engine.site, shard) for shard in log_shards(store)]
        wait_for(lambda: not any(map(store.xlen, keys)), 20)
    rows = archived(past.engine.data / "archive", "visitor, doc, seq, kind", past.engine.site)
    events = [row[:3] for row in rows if row[3] == "event"]
    assert len(events) == len(set(events))
    for visitor, doc, seq in past.fired:
        assert (visitor, doc, seq) in events


def test_command_and_api_tell_why(past: Past, capsys: pytest.CaptureFixture[str]) -> None:
    (visitor, _, _), [rule, *_] = next(iter(past.fired.items()))
    assert main(["why", "--visitor", visitor, "--rules", str(past.engine.rules), *past.engine.where]) == 0
    told = capsys.readouterr().out
    assert f"{rule}" in told
    assert "fired at" in told
    secret = asyncio.run(make_key(past.engine.database, past.engine.site, ""))
    url, header = f"{past.engine.url}/v1/visitors/{visitor}/why", {"Authorization": f"Bearer {secret}"}
    with httpx.Client(timeout=60, verify=NO_TLS) as client:
        answer = client.get(url, headers=header)
        sessions = answer.json()["sessions"]
        assert sum(each["fired"] for session in sessions for each in session["rules"]) >= 1
        assert (client.get(url)).status_code == 401
        assert client.get(url.removesuffix("/why"), headers=header).json()["events"]
        assert "duckdb" not in Path(f"/proc/{past.engine.pid}/maps").read_text()
        unknown = client.get(url.replace(visitor, "nobody"), headers=header)
    assert unknown.status_code == 404
    assert unknown.json() == {"error": f"nothing is recorded of a visitor 'nobody' of the site {past.engine.site}"}


def test_sum_over_sessions_names_what_held_the_rule(past: Past, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--rules", str(past.engine.rules), *past.engine.where]
    assert main(["why", "--rule", "sweetener", "--since", "1d", *flags]) == 0
    told = capsys.readouterr().out
    fired = sum("sweetener" in rules for rules in past.fired.values())
    assert told.startswith(f"sweetener: fired in {fired:,} of ")
    assert "by `page.dwell is more than 10s` (median " in told
