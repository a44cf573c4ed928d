"""
Frames that come twice, in another order, with gaps, over several connections and documents: counted as a dict would.

The engine's promise is a mark for each document: an event above it is counted and moves it there, one that is not above
it is never counted. That is the whole model; in which order what is sent is Hypothesis' to invent.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.faults.world import World
from tests.live.behind import counters_of, expected_counters
from tests.live.client import Frame, Shopper
from tests.live.engine_process import ORIGIN

MOST_CONNECTIONS = 3
ANSWER_WITHIN_S = 20.0


@dataclass(slots=True)
class Model:
    """What is counted of one visitor, and up to which event of each document."""

    marks: Counter[str] = field(default_factory=Counter)
    counted: list[tuple[str, str, Frame]] = field(default_factory=list)

    def take(self, event: Frame) -> None:
        """Count an event, unless it is not above its document's mark."""
        if event["seq"] > self.marks[event["doc"]]:
            self.marks[event["doc"]] = event["seq"]
            self.counted.append((event["name"], event["page"]["kind"], event["data"]))

    def after(self, events: list[Frame]) -> Model:
        """Return what it would be after these."""
        then = Model(Counter(self.marks), list(self.counted))
        for event in events:
            then.take(event)
        return then


class Frames(RuleBasedStateMachine):
    """One visitor, whose browser has lost its mind."""

    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.made: list[Frame] = []
        self.client = Shopper("", ORIGIN)
        self.documents = 0
        self._next_document()
        self.open: list[tuple[str, ClientConnection]] = []
        self._stack = ExitStack()
        self._store = self._stack.enter_context(self.world.redis())
        self._connect()

    @rule(kind=st.sampled_from(["home", "cart", "product"]))
    def view(self, kind: str) -> None:
        """Make a page view, and send it some day."""
        self.client.page = {"url": f"/{kind}", "kind": kind}
        self._make("page_view", self.client.page)

    @precondition(lambda self: self.client.page is not None)
    @rule(name=st.sampled_from(["login", "search", "add_to_wishlist"]))
    def act(self, name: str) -> None:
        """Make another event."""
        self._make(name, {})

    @precondition(lambda self: self.made)
    @rule(pick=st.integers(0, 1_000), way=st.integers(0, MOST_CONNECTIONS - 1), times=st.integers(1, 3))
    def send(self, pick: int, way: int, times: int) -> None:
        """Send any event ever made, new or old, once or several times in a row."""
        event = self.made[pick % len(self.made)]
        for _ in range(times):
            self._send(way, event)
            self.model.take(event)
            assert event["seq"] <= self._acknowledged(way, event["doc"]) <= self.model.marks[event["doc"]]

    @precondition(lambda self: self.made)
    @rule(picks=st.lists(st.integers(0, 1_000), min_size=1, max_size=8), way=st.integers(0, MOST_CONNECTIONS - 1))
    def send_and_lose(self, picks: list[int], way: int) -> None:
        """Send several without waiting, break the connection, and go on over a new one."""
        events = [self.made[pick % len(self.made)] for pick in picks]
        for event in events:
            self._send(way, event)
        _, lost = self.open.pop(way % len(self.open))
        lost.socket.close()
        self._connect()
        self.view("cart")
        latest = self.made[-1]
        self._send(len(self.open) - 1, latest)
        assert self._acknowledged(len(self.open) - 1, self.client.doc) == latest["seq"]
        possible = [self.model.after([*events[:n], latest]) for n in range(len(events) + 1)]
        found = self._found()
        [self.model, *_] = [each for each in possible if found == expected_counters(each.counted)]

    @rule()
    def connect_once_more(self) -> None:
        """Open another connection of the same document, beside those that are open."""
        if len(self.open) == MOST_CONNECTIONS:
            self.open.pop(0)[1].close()
        self._connect()

    @rule()
    def leave(self) -> None:
        """Go to the next document; what the last one made may still be sent."""
        self._next_document()
        self.connect_once_more()

    def teardown(self) -> None:
        """Hold what is counted against the model."""
        assert self._found() == expected_counters(self.model.counted)
        self._stack.close()

    def _next_document(self) -> None:
        self.documents += 1
        self.client.doc, self.client.seq = f"document{self.documents}", 0

    def _connect(self) -> None:
        [address] = self.world.streams
        page = connect(address, origin=Origin(ORIGIN), compression=None, proxy=None)
        connection = self._stack.enter_context(page)
        connection.send(orjson.dumps(self.client.hello()).decode())
        welcome = orjson.loads(connection.recv(ANSWER_WITHIN_S))
        self.client.token, self.visitor = welcome["token"], welcome["visitor"]
        self.open.append((self.client.doc, connection))

    def _make(self, name: str, data: Frame) -> None:
        self.client.seq += 1
        self.made.append(
            {"doc": self.client.doc, "seq": self.client.seq, "name": name, "data": data, "page": self.client.page}
        )

    def _send(self, way: int, event: Frame) -> None:
        doc, connection = self.open[way % len(self.open)]
        said = {name: event[name] for name in event if event["doc"] != doc or name not in ("doc", "page")}
        connection.send(orjson.dumps({"type": "event", **said}).decode())

    def _acknowledged(self, way: int, doc: str) -> int:
        """Return up to which event of a document the next acknowledgement goes."""
        own, connection = self.open[way % len(self.open)]
        while True:
            frame: dict[str, Any] = orjson.loads(connection.recv(ANSWER_WITHIN_S))
            assert frame["type"] in ("ack", "show"), frame
            if frame["type"] == "ack" and frame.get("doc", own) == doc:
                return int(frame["seq"])

    def _found(self) -> dict[str, int]:
        return counters_of(self._store, self.world.site.key, self.visitor)


def run(world: World, examples: int, steps: int) -> None:
    """Try so many histories of so many steps; raises what the first one that goes wrong raised."""
    machine = type("FramesOfAWorld", (Frames,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=examples < 100,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
