"""Backtests and sums over an archive: read lot by lot, in one process or several, with what is only logged yet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
import redis

from engine.__main__ import main
from engine.commands.recorded import BadSpan, moment
from engine.core.archived import row_of
from engine.core.recorded import record_of
from engine.core.rule_errors import RuleErrors
from engine.edge.archive import Archive, Bookmark
from engine.edge.archive_reading import Recordings, Span
from engine.edge.backtests import Draft, NoDraft, backtest, draw_golden, read_draft
from engine.edge.replays import ProgressBar, Source
from engine.edge.why_reports import NoAnswer, Question, sum_up, why
from tests.edge.archives import NOON, SITE, an_archiver, log_events

DRAFT = "- {rule: sweetener, when: [page is cart, page.dwell > 10s], show: {coupon: {title: Hello, code: ADD50}}}\n"
OTHER = "- {rule: other, when: [page is cart], show: {chat: {text: Hello}}, priority: 9}\n"
SETTINGS = {"rules/site.yaml": "holdout: 0%\npolicy: {quiet: 0s}\n"}
VISITORS = 40


def entry(visitor: int, seq: int, at_ms: int, name: str, data: object) -> bytes:
    frame = {"type": "event", "seq": seq, "name": name, "data": data}
    return orjson.dumps({"v": f"v{visitor}", "s": f"s{visitor}", "d": f"doc{visitor:05}", "t": at_ms, "f": frame})


def lines_of(visitor: int) -> Iterator[tuple[int, bytes]]:
    """What a visitor does: every other one stays in the cart for long, a third never goes there."""
    kind = "home" if visitor % 3 == 0 else "cart"
    yield NOON, entry(visitor, 1, NOON, "page_view", {"kind": kind, "url": f"/{kind}"})
    at_ms = NOON + 60_000
    yield at_ms, entry(visitor, 2, at_ms, "page_dwell", {"ms": 30_000 if visitor % 2 else 5_000 + visitor})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    rows = [row_of(text, (at_ms, n), 0) for n in range(VISITORS) for at_ms, text in lines_of(n)]
    Archive(folder).add(SITE, 0, Bookmark(), Bookmark((NOON + 60_000, 0), len(rows)), rows)
    return folder


def source_of(archive: Path, since_ms: int = NOON - 1) -> Source:
    return Source(archive, SITE, Span(since_ms, NOON + 100_000))


def a_draft(others: str = "", draft: str = DRAFT) -> Draft:
    return Draft({"draft.yaml": draft}, SETTINGS, {"rules/other.yaml": others} if others else {})


REACHED = {f"v{n}" for n in range(VISITORS) if n % 2 and n % 3}


@pytest.mark.parametrize("processes", [1, 2])
def test_sessions_that_the_draft_would_have_reached_are_named(
    archive: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.edge.replays.FEW_ROWS", 0)
    shares: list[float] = []
    found = backtest(source_of(archive), a_draft(), shares.append, processes)
    assert {each.visitor for each in found.reached} == REACHED
    assert {each.session for each in found.reached} == {f"s{visitor[1:]}" for visitor in REACHED}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_visitors_who_cannot_matter_are_not_read(archive: Path) -> None:
    found = backtest(source_of(archive), a_draft(), lambda _share: None)
    assert found.visitors == sum(bool(n % 3) for n in range(VISITORS))


def test_rules_that_run_along_compete(archive: Path) -> None:
    found = backtest(source_of(archive), a_draft(OTHER), lambda _share: None)
    assert found.reached != []
    one = "holdout: 0%\npolicy: {popups_per_session: 1}\n"
    alone = Draft({"draft.yaml": DRAFT}, {"site.yaml": one}, {"rules/other.yaml": OTHER})
    assert backtest(source_of(archive), alone, lambda _share: None).reached == []


def test_draft_stands_in_the_place_of_the_rule_that_it_changes() -> None:
    draft = a_draft(OTHER + DRAFT.replace("10s", "1h"))
    assert [each.rule.id for each in draft.rules().rules] == ["other", "sweetener"]
    assert draft.names() == ("sweetener",)
    assert "10s" in str(draft.rules().by_id["sweetener"].rule.when)


def test_draft_may_name_rules_that_run_along() -> None:
    after = DRAFT.replace("when:", "after: other, when:")
    assert a_draft(OTHER, after).names() == ("sweetener",)
    with pytest.raises(RuleErrors):
        a_draft("", after).rules()


def test_draft_may_stand_in_the_place_of_a_rule_that_names_another() -> None:
    after = DRAFT.replace("when:", "after: other, when:")
    found = a_draft(OTHER + after, after.replace("10s", "20s")).rules()
    assert [each.rule.id for each in found.rules] == ["other", "sweetener"]
    assert "20s" in str(found.by_id["sweetener"].rule.when)


def test_rules_that_run_along_may_name_the_drafts() -> None:
    waits = OTHER.replace("when:", "after: sweetener, when:")
    assert a_draft(waits).names() == ("sweetener",)


def test_draft_is_read_with_the_policy_of_the_sites_rules(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site.yaml").write_text("policy: {never_on: [cart]}\n")
    (tmp_path / "rules" / "other.yaml").write_text(OTHER)
    (tmp_path / "draft.yaml").write_text(DRAFT)
    alone = read_draft(tmp_path / "draft.yaml", tmp_path / "rules", None)
    assert (alone.rules().site.never_on, len(alone.rules().rules)) == (("cart",), 1)
    both = read_draft(tmp_path / "draft.yaml", tmp_path / "nowhere", tmp_path / "rules")
    assert (both.rules().site.never_on, len(both.rules().rules), both.names()) == (("cart",), 2, ("sweetener",))
    assert read_draft(tmp_path / "draft.yaml", tmp_path / "nowhere", None).settings == {}
    with pytest.raises(NoDraft, match="expected a rule file"):
        read_draft(tmp_path / "none.yaml", tmp_path / "rules", None)


def test_golden_sessions_are_drawn_from_those_that_were_reached(archive: Path) -> None:
    source = source_of(archive)
    found = backtest(source, a_draft(), lambda _share: None)
    drawn = draw_golden(Recordings(archive), SITE, a_draft(), found)
    assert drawn.sessions == 5
    assert drawn.text.count("fires: [sweetener]") == 5


def test_command_prints_the_report_and_writes_golden_sessions(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "site.yaml").write_text("holdout: 0%\ntimezone: UTC\n")
    draft, golden = tmp_path / "draft.yaml", tmp_path / "rules" / "drawn.session.yaml"
    draft.write_text(DRAFT + "- {rule: leaving, when: [exit_intent], show: {chat: {text: Hello}}}\n")
    flags = ["--rules", str(tmp_path / "rules"), "--data", str(tmp_path), "--since", "2024-10-04"]
    assert main(["rules", "backtest", str(draft), *flags, "--golden", str(golden)]) == 0
    told = capsys.readouterr()
    assert f"sweetener: would have reached {len(REACHED)} of {VISITORS} sessions" in told.out
    assert "leaving: would have reached none of" in told.out
    assert "note: exit_intent is recorded only where a rule asked for it then: there may be more" in told.err
    assert f"5 golden sessions in {golden}" in told.err
    (tmp_path / "rules" / "draft.yaml").write_text(draft.read_text())
    assert main(["rules", "test", str(tmp_path / "rules")]) == 0
    assert main(["rules", "backtest", str(draft), *flags, "--until", "2024-10-04T11:00", "--json"]) == 0
    [told_json, _] = orjson.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told_json["rule"], told_json["sessions"], told_json["reached"]) == ("sweetener", 0, 0)


def test_file_in_a_folder_that_is_not_there_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden = tmp_path / "none" / "drawn.session.yaml"
    assert main(["rules", "backtest", "draft.yaml", "--data", str(tmp_path), "--golden", str(golden)]) == 1
    assert capsys.readouterr().err == (f"shopbell: --golden is '{golden}', expected a file in a folder that is there\n")


def test_command_says_which_sites_there_are(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (archive / "site=pk_other").mkdir()
    (tmp_path / "draft.yaml").write_text(DRAFT)
    asked = ["rules", "backtest", str(tmp_path / "draft.yaml"), "--data", str(tmp_path)]
    assert main(asked) == 1
    assert capsys.readouterr().err == "shopbell: there are 2 sites: pk_other, pk_shop; say which with --site\n"
    assert main([*asked, "--site", SITE, "--since", "2024-10-04"]) == 0


def test_why_without_a_question_is_refused(archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rules").mkdir()
    assert main(["why", "--data", str(tmp_path), "--rules", str(tmp_path / "rules")]) == 1
    assert capsys.readouterr().err == "shopbell: expected --visitor ID, --rule ID, or both\n"


def test_what_is_only_logged_yet_counts_too(archive: Path, redis_url: str, tmp_path: Path) -> None:
    store = redis.Redis.from_url(redis_url)
    log_events(store, [("v1", "docaaa", 7), ("new", "docbbb", 1)], NOON + 61_000)
    recordings = Recordings(archive, redis_url)
    logged = recordings.logged(SITE)
    assert {visitor: [each.seq for each in records] for visitor, records in logged.items()} == {"v1": [7], "new": [1]}
    source = Source(archive, SITE, Span(NOON - 1, NOON + 100_000), logged)
    total = sum_up(source, {"rules.yaml": DRAFT, **SETTINGS}, "sweetener", lambda _share: None)
    assert total.sessions == VISITORS + 1
    assert recordings.sessions(SITE, source.span, logged) == VISITORS + 1
    assert [each.seq for each in recordings.of_visitor(SITE, "v1")] == [1, 2, 7]
    an_archiver(redis_url, archive).run_once()
    assert [each.seq for each in recordings.of_visitor(SITE, "v1")] == [1, 2, 7]


def test_archive_that_is_empty_answers_nothing(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    assert (recordings.sites(), recordings.rows(SITE, Span()), list(recordings.visitors(SITE, Span()))) == ([], 0, [])
    assert recordings.sessions(SITE, Span(), {}) == 0
    assert recordings.of_visitor(SITE, "v1") == []


def test_span_reads_no_more_than_was_asked_for(archive: Path) -> None:
    found = dict(Recordings(archive).visitors(SITE, Span(NOON + 1, NOON + 60_001)))
    assert {each.seq for records in found.values() for each in records} == {2}


def test_file_that_was_merged_while_it_was_looked_for_is_looked_for_again(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recordings, real = Recordings(archive), Recordings._files
    answers = [[str(archive / "gone.parquet")]]
    monkeypatch.setattr(Recordings, "_files", lambda *asked: answers.pop() if answers else real(*asked))
    assert len(recordings.of_visitor(SITE, "v1")) == 2


@pytest.mark.parametrize(
    ("visitor", "rule", "since_ms", "sentence"),
    [
        ("nobody", "", 0, f"nothing is recorded of a visitor 'nobody' of the site {SITE}"),
        ("v1", "sweetner", 0, "there is no rule 'sweetner' (did you mean 'sweetener'?)"),
        ("v1", "", 2**60, "visitor 'v1' did nothing in that time, expected an event"),
    ],
)
def test_question_without_an_answer_is_a_sentence(
    archive: Path, visitor: str, rule: str, since_ms: int, sentence: str
) -> None:
    rules = a_draft().rules()
    with pytest.raises(NoAnswer) as refusal:
        why(Recordings(archive), rules, Question(SITE, visitor, rule, since_ms))
    assert str(refusal.value) == sentence


def test_sum_over_an_unknown_rule_is_a_sentence(archive: Path) -> None:
    with pytest.raises(NoAnswer, match="there is no rule 'x'"):
        sum_up(source_of(archive), {"rules.yaml": DRAFT}, "x", lambda _share: None)


def test_record_of_the_archive_is_that_of_the_log(archive: Path) -> None:
    logged = [record_of(row_of(text, (at_ms, 1), 0)) for at_ms, text in lines_of(1)]
    assert Recordings(archive).of_visitor(SITE, "v1") == logged


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [("1d", NOON - 86_400_000), ("90s", NOON - 90_000), ("2024-10-04T12:00", NOON), ("2024-10-04T20:00+08:00", NOON)],
)
def test_time_on_the_command_line_is_an_age_or_a_date(text: str, at_ms: int) -> None:
    assert moment(text, NOON) == at_ms


def test_date_without_a_zone_is_the_shops() -> None:
    assert moment("2024-10-04T20:00", NOON, "Asia/Taipei") == NOON
    assert moment("2024-10-04", NOON, "Asia/Taipei") == NOON - 20 * 3_600_000


@pytest.mark.parametrize("text", ["9999999d", "0001-01-01"])
def test_time_before_all_records_is_their_beginning(text: str) -> None:
    assert moment(text, NOON, "Asia/Taipei") == 0


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(BadSpan, match="'yesterday' is no time, expected how long ago"):
        moment("yesterday", NOON)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--since", "2024-10-04", "--until", "2024-10-03"], "--since is '2024-10-04', expected a time before --until"),
        (["--since", "2999-01-01"], "--since is '2999-01-01', expected a time before now"),
    ],
)
def test_span_that_ends_before_it_begins_is_refused(
    archive: Path, tmp_path: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "draft.yaml").write_text(DRAFT)
    assert main(["rules", "backtest", str(tmp_path / "draft.yaml"), "--data", str(tmp_path), *words]) == 1
    assert sentence in capsys.readouterr().err


def test_bar_is_shown_on_a_terminal_only() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, file = Terminal(), io.StringIO()
    for share in (0.5, 1.0):
        ProgressBar("replaying", terminal)(share)
        ProgressBar("replaying", file)(share)
    assert file.getvalue() == ""
    assert terminal.getvalue().endswith("\rreplaying [########################################] 100%\n")
