"""The way of one event: taken, counted, logged, judged, and acknowledged when all of that is done."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest

from engine.core import wire
from engine.core.events import Event
from engine.tab import Tab
from tests.edge.tabs import rules_of
from tests.stations import GONE, RULES, SITE, Stations, to_the_cart_thrice


@pytest.fixture
async def stations() -> Stations:
    return Stations(rules_of(RULES, SITE))


# acknowledging


@pytest.mark.parametrize("first", ["log", "store"])
async def test_event_is_acknowledged_when_it_is_counted_and_logged(stations: Stations, first: str) -> None:
    stations.take("login")
    by_log, by_store = stations.log.pending.pop(), stations.store.pending.pop()
    order = [by_log, by_store] if first == "log" else [by_store, by_log]
    order[0]()
    assert stations.sent == []
    order[1]()
    assert stations.sent == [{"type": "ack", "seq": 1}]
    assert stations.counts == {"event": 1, "acknowledged": 1}


async def test_events_are_acknowledged_in_their_order(stations: Stations) -> None:
    for _ in range(3):
        stations.take("login")
    log, store = stations.log.pending, stations.store.pending
    for n in (2, 1, 0):
        log[n]()
    store[1]()
    store[2]()
    assert stations.sent == []
    store[0]()
    assert stations.sent == [{"type": "ack", "seq": 3}]


async def test_events_that_are_done_while_others_are_not_share_a_later_ack(stations: Stations) -> None:
    for _ in range(20):
        stations.take("login")
    for reply in stations.log.pending:
        reply()
    for reply in stations.store.pending[:15]:
        reply()
    assert stations.sent == []
    stations.store.pending[15]()
    assert stations.sent == [{"type": "ack", "seq": 16}]
    for reply in stations.store.pending[16:]:
        reply()
    assert stations.sent[1:] == [{"type": "ack", "seq": 20}]


async def test_event_that_came_before_is_acknowledged_and_not_counted(stations: Stations) -> None:
    await stations.happens("login")
    await stations.happens("login", seq=1)
    assert stations.sent == [{"type": "ack", "seq": 1}] * 2
    assert stations.counts["event"] == 1
    assert len(stations.log.entries) == 2


async def test_events_of_an_earlier_document_are_acknowledged_under_its_name(stations: Stations) -> None:
    page = {"url": "/cart", "kind": "cart"}
    for doc, seq in (("docold", 7), ("docold", 8), ("docmid", 1)):
        stations.take_frame(
            {"type": "event", "doc": doc, "seq": seq, "page": page, "name": "page_dwell", "data": {"ms": 9}}
        )
    stations.take("login")
    for reply in (*stations.log.pending, *reversed(stations.store.pending)):
        reply()
    assert stations.sent == [
        {"type": "ack", "seq": 8, "doc": "docold"},
        {"type": "ack", "seq": 1, "doc": "docmid"},
        {"type": "ack", "seq": 1},
    ]
    assert stations.store.model.look("docaaa", ["0", "1", "dwell:cart"], stations.now) == b"[27]"


async def test_event_of_an_earlier_document_without_a_page_belongs_nowhere(stations: Stations) -> None:
    await stations.views("cart")
    stations.take_frame({"type": "event", "doc": "docold", "seq": 1, "name": "page_dwell", "data": {"ms": 9}})
    stations.answer()
    assert stations.store.model.look("docaaa", ["0", "2", "dwell:cart", "dwell:other"], stations.now) == b"[0,9]"


async def test_event_that_names_its_own_document_is_one_of_the_page_shown(stations: Stations) -> None:
    cart = {"url": "/cart", "kind": "cart"}
    stations.take_frame({"type": "event", "doc": "docaaa", "seq": 1, "name": "page_view", "data": cart})
    stations.take_frame({"type": "event", "doc": "docaaa", "seq": 2, "name": "scroll", "data": {"percent": 500}})
    stations.answer()
    assert stations.tab.page.kind == "cart"
    assert [frame.get("doc") for frame in stations.sent] == [None, None]
    assert stations.of("ack") == [{"type": "ack", "seq": 2}]


# refusing


async def test_bad_event_is_told_at_once_and_covered_in_its_turn(stations: Stations) -> None:
    stations.take("login")
    stations.take("scroll", percent=500)
    assert stations.sent == [
        {"type": "error", "code": "bad_event", "seq": 2, "message": "scroll.percent is 500, expected 0 to 100"}
    ]
    stations.answer()
    assert stations.sent[1:] == [{"type": "ack", "seq": 2}]
    assert len(stations.log.entries) == 1
    assert stations.counts["refused bad_event"] == 1


async def test_bad_event_without_a_seq_acknowledges_nothing(stations: Stations) -> None:
    stations.take_frame({"type": "event", "seq": -1, "name": "login"})
    stations.answer()
    assert [frame["type"] for frame in stations.sent] == ["error"]


async def test_bad_frame_ends_the_connection(stations: Stations) -> None:
    with pytest.raises(wire.BadFrame, match="frame is not JSON"):
        stations.pipeline.take(stations.tab, b"{", 0.0)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [("store", "the shared state is not reachable"), ("log", "the event log is not reachable")],
)
async def test_without_store_or_log_the_client_is_sent_away(stations: Stations, part: str, sentence: str) -> None:
    getattr(stations, part).failure = GONE
    await stations.happens("login")
    assert stations.hung_up == [(1013, sentence)]
    assert stations.sent == []


# arming


async def test_ack_says_what_is_armed_when_that_changes(stations: Stations) -> None:
    await to_the_cart_thrice(stations)
    assert [frame.get("arm") for frame in stations.sent] == [
        None, {"exit_intent": True}, {}, {"exit_intent": True}, {"page_dwell": [10_001]}
    ]  # fmt: skip
    await stations.happens("page_dwell", ms=4_000)
    assert stations.sent[-1] == {"type": "ack", "seq": 6}
    await stations.views("cart")
    assert stations.sent[-1] == {"type": "ack", "seq": 7, "arm": {"page_dwell": [10_001]}}


async def test_arms_of_a_page_are_void_when_its_next_one_is_shown(stations: Stations) -> None:
    await stations.views("home")
    await stations.views("home")
    assert stations.sent[-1]["arm"] == {"exit_intent": True}
    await stations.views("search")
    assert stations.sent[-1]["arm"] == {}


async def test_event_is_judged_by_when_it_came_however_late_it_is_counted(stations: Stations) -> None:
    rules = rules_of("- {rule: later, when: [page is home, since(add_to_cart) > 5s], show: {chat: {text: Hi}}}\n", SITE)
    stations.rules, stations.tab = rules, Stations(rules).tab
    stations.tab.send = lambda frame: stations.sent.append(orjson.loads(frame))
    await stations.happens("add_to_cart")
    for came_after_ms, shows in ((4_900, []), (200, ["later"])):
        stations.now += came_after_ms
        stations.take("page_view", url="/home", kind="home")
        stations.now += 1_000
        stations.answer()
        stations.now -= 1_000
        await stations.quiet()
        assert [each["rule"] for each in stations.of("show")] == shows


async def test_change_of_rules_arms_the_open_page_anew(stations: Stations) -> None:
    await stations.views("cart")
    stations.rules = rules_of("- {rule: now, when: [page is cart, page.dwell > 5s], show: {chat: {text: Now}}}", SITE)
    await stations.pipeline.rearm(stations.tab)
    assert stations.sent[-1] == {"type": "ack", "seq": 1, "arm": {"page_dwell": [5_001]}}


async def test_page_that_was_left_meanwhile_is_not_armed(stations: Stations) -> None:
    await stations.views("cart")
    rearming = asyncio.ensure_future(stations.pipeline.rearm(stations.tab))
    stations.store.look = pages_turn(stations)  # type: ignore[method-assign]
    await rearming
    assert len(stations.sent) == 1


def pages_turn(stations: Stations) -> Any:
    async def look(*_: Any) -> dict[int, float]:
        stations.take("page_view", url="/home", kind="home")
        return {}

    return look


async def test_rules_change_while_the_store_is_gone(stations: Stations) -> None:
    await stations.views("home")
    stations.store.failure = GONE
    await stations.pipeline.rearm(stations.tab)
    stations.store.failure = None
    await stations.happens("exit_intent")
    assert stations.counts["fired leaving"] == 1


# what shoppers send off


class Submitted:
    """Keeps what is sent off, once a test says so."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.done = asyncio.Event()
        self.taken: list[str] = []

    async def take(self, tab: Tab, event: Event, now_ms: int) -> None:
        await self.done.wait()
        if self.failure is not None:
            raise self.failure
        self.taken.append(event.data["fields"]["email"])


SENT_OFF: dict[str, Any] = {"fire": "f_1", "fields": {"email": "jo@shop.example", "consent": True}}


async def test_what_was_sent_off_is_acknowledged_when_it_is_kept(stations: Stations) -> None:
    stations.pipeline.submissions = submitted = Submitted()
    stations.take("popup_submit", **SENT_OFF)
    stations.log.pending.pop()()
    stations.store.pending.pop()()
    await asyncio.sleep(0)
    assert stations.sent == []
    submitted.done.set()
    await stations.quiet()
    assert submitted.taken == ["jo@shop.example"]
    assert [each for each in stations.sent if each["type"] == "ack"] == [{"type": "ack", "seq": 1}]


async def test_what_could_not_be_kept_comes_again_and_is_not_told_in_the_log(
    stations: Stations, caplog: pytest.LogCaptureFixture
) -> None:
    stations.pipeline.submissions = submitted = Submitted(ValueError("jo@shop.example is too much"))
    submitted.done.set()
    stations.take("popup_submit", **SENT_OFF)
    await stations.quiet()
    assert stations.hung_up == [(wire.CLOSE_BUSY, "the database is not reachable")]
    assert stations.sent == []
    assert "jo@shop" not in caplog.text
    assert "ValueError" in caplog.text


async def test_log_gets_no_word_of_what_was_sent_off(stations: Stations) -> None:
    stations.take("popup_submit", **SENT_OFF)
    stations.take("chat_message", text="Is it blue?")
    form, chat = [orjson.loads(entry)["data"] for entry in stations.log.entries]
    assert form["fields"] == {"email": "xx@xxxx.xxxxxxx", "consent": True}
    assert chat == {"text": "xx xx xxxx?"}


# turning away


async def test_event_beyond_those_of_its_session_is_refused_in_its_order_and_never_comes_again(
    stations: Stations,
) -> None:
    stations.take("login")
    stations.pipeline.turn_away(stations.tab, orjson.dumps({"type": "event", "seq": 2, "name": "login"}))
    assert stations.of("ack") == []
    stations.answer()
    sentence = "the session has sent too many events, expected fewer until it ends"
    assert stations.of("error") == [{"type": "error", "code": "bad_event", "seq": 2, "message": sentence}]
    assert stations.of("ack") == [{"type": "ack", "seq": 2}]
    assert len(stations.log.entries) == 1


async def test_consent_may_be_taken_back_however_many_events_the_session_has_sent(stations: Stations) -> None:
    frame = {"type": "event", "seq": 1, "name": "consent", "data": {"analytics": "denied"}}
    stations.pipeline.turn_away(stations.tab, orjson.dumps(frame))
    stations.answer()
    assert stations.of("error") == []
    assert stations.counts["event"] == 1


async def test_bad_event_beyond_those_of_its_session_is_a_bad_event(stations: Stations) -> None:
    stations.pipeline.turn_away(stations.tab, orjson.dumps({"type": "event", "seq": 0, "name": "login"}))
    assert stations.of("error")[0]["message"].startswith("seq is 0")
    assert stations.of("ack") == []
