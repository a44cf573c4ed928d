"""What was compiled from C says the same as its twin in Python."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import hiredis
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picows import WSFrame, WSMsgType, picows

import engine.native
from engine.core import event_checks
from engine.core.events import ARMED_ONLY
from engine.edge import plain_frames
from engine.native import twin

SOURCES = sorted(Path(engine.native.__file__).parent.glob("*.c"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
KEYS = TEXTS | st.from_regex(r"[A-Za-z_][A-Za-z0-9_\-]{0,70}", fullmatch=True) | st.sampled_from(["items", "", "-a"])
ODD = ["x" * 256, "x" * 257, "\0", "ü" * 256, 1e15, -1e15, 10**15, 10**15 + 1, -(10**15) - 1, 10**400, True, None]
ODD += [float("inf"), float("nan"), [], {}]
VALUES = st.sampled_from(ODD) | TEXTS | st.integers() | st.floats()
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)
MOMENTS = (*ARMED_ONLY, "page_dwell")
WORDS = st.lists(TEXTS | st.binary(max_size=300) | st.integers() | st.floats(allow_nan=False), min_size=1, max_size=9)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Compile the module, warnings and all, and load it beside what the engine uses."""
    built = tmp_path_factory.mktemp("native") / "hot.so"
    flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-shared", "-fPIC"]
    include = sysconfig.get_paths()["include"]
    compiler = shutil.which("cc")
    assert compiler is not None, "no C compiler: install gcc"
    subprocess.run([compiler, *flags, f"-I{include}", "-o", str(built), *map(str, SOURCES)], check=True)
    spec = spec_from_file_location("engine.native.hot", built)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(words=WORDS, count=st.integers(0, 10**6), head=st.binary(), tail=st.binary(max_size=3000))
def test_words_are_packed_alike(compiled: ModuleType, words: list[Any], count: int, head: bytes, tail: bytes) -> None:
    assert compiled.packed_words(words) == compiled.packed_words(tuple(words)) == twin.packed_words(words)
    assert compiled.packed_call(count, head, words, tail) == twin.packed_call(count, head, words, tail)


def test_clocks_agree(compiled: ModuleType) -> None:
    before = twin.now_ms()
    assert before <= compiled.now_ms() <= twin.now_ms()


@given(WORDS)
def test_what_is_packed_can_be_read(compiled: ModuleType, words: list[Any]) -> None:
    reader = hiredis.Reader()
    reader.feed(compiled.packed_call(1, b"$5\r\nFCALL\r\n", words, b""))
    said = [word if isinstance(word, bytes) else str(word).encode() for word in words]
    assert reader.gets() == [b"FCALL", *said]


@given(data=OBJECTS, most=st.integers(0, 6), but=st.sampled_from(["", "items"]))
def test_objects_are_found_sound_alike(compiled: ModuleType, data: dict[str, Any], most: int, but: str) -> None:
    assert compiled.is_sound(data, most, but) is twin.is_sound(data, most, but)


@given(st.lists(OBJECTS | VALUES, max_size=4))
def test_lists_are_found_sound_alike(compiled: ModuleType, items: list[Any]) -> None:
    assert compiled.are_sound(items, 4) is twin.are_sound(items, 4)


@given(st.lists(st.floats(0, 20), max_size=9))
def test_times_are_counted_alike(compiled: ModuleType, times: list[float]) -> None:
    one, other = compiled.Histogram((0.5, 1.0, 5.0)), twin.Histogram((0.5, 1.0, 5.0))
    for seconds in [*times, 0.5, 1.0]:
        one.add(seconds)
        other.add(seconds)
    assert (one.counts, one.total_s) == (other.counts, other.total_s)


def test_limits_are_those_of_the_checks() -> None:
    found = (twin.LONGEST_VALUE, twin.LONGEST_KEY, twin.LARGEST_NUMBER)
    assert found == (event_checks.LONGEST_VALUE, event_checks.LONGEST_KEY, event_checks.LARGEST_NUMBER)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("packed_call", (1, b"", [])),
        ("packed_call", (1, "text", ["a"], b"")),
        ("packed_call", ("1", b"", ["a"], b"")),
        ("packed_call", (1, b"", 7, b"")),
        ("packed_call", (1, b"", "text", b"")),
        ("packed_words", ("text",)),
        ("is_sound", ({}, 1)),
        ("is_sound", ({}, "1", "")),
        ("are_sound", ((), 1)),
        ("are_sound", ([], "1")),
    ],
)
def test_call_of_another_shape_is_refused(compiled: ModuleType, name: str, args: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        getattr(compiled, name)(*args)


def test_number_of_words_is_not_negative(compiled: ModuleType) -> None:
    with pytest.raises(ValueError, match="count is negative"):
        compiled.packed_call(-1, b"", ["a"], b"")


def test_text_that_is_no_unicode_is_refused_by_both(compiled: ModuleType) -> None:
    for module in (compiled, twin):
        with pytest.raises(UnicodeEncodeError):
            module.packed_words(["\ud800"])


def test_text_that_is_no_unicode_is_looked_at_again(compiled: ModuleType) -> None:
    assert not compiled.is_sound({"a": "\ud800"}, 1, "")
    assert not compiled.is_sound({"\ud800": "a"}, 1, "")


def test_fresh_tabs_are_alike(compiled: ModuleType) -> None:
    one, other = compiled.TabCore(), twin.TabCore()
    for name in twin.TabCore.__slots__:
        assert getattr(one, name, "unset") == getattr(other, name, "unset"), name


@given(st.lists(st.tuples(st.binary(max_size=300), st.integers(0, 2**53), st.binary(max_size=3000)), max_size=9), WORDS)
def test_sheets_hold_alike(compiled: ModuleType, entries: list[tuple[bytes, int, bytes]], words: list[Any]) -> None:
    begun: list[Any] = []
    one, other = (kind(len(words), twin.packed_words(words), 7, begun.append) for kind in (compiled.Sheet, twin.Sheet))
    for _ in range(2):
        begun.clear()
        for sheet in (one, other):
            for n, (head, now, said) in enumerate(entries):
                sheet.add(head, now, b"f", said)
                sheet.wait(print, n)
        assert begun == ([one, other] if entries else [])
        assert one.take() == other.take()
    assert (one.slot, one.is_closed) == (other.slot, other.is_closed)


def test_all_that_wait_are_told_also_where_one_of_them_fails(compiled: ModuleType) -> None:
    told: list[Any] = []

    def take(step: int, reply: str) -> None:
        told.append((step, reply))
        if step == 2:
            raise ValueError("the second one")

    for told_by in (compiled.tell_all, twin.tell_all):
        with pytest.raises(ValueError, match="the second one"):
            told_by([take, 1, take, 2, take, 3], "reply")
    assert told == [(1, "reply"), (2, "reply"), (3, "reply")] * 2


@pytest.mark.parametrize("kind", [WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION, WSMsgType.CLOSE])
@pytest.mark.parametrize(("fin", "rsv1"), [(True, False), (True, True), (False, False)])
def test_frames_are_read_alike_and_only_believed_where_they_are_as_declared(
    compiled: ModuleType, kind: WSMsgType, fin: bool, rsv1: bool
) -> None:
    frame = picows._make_test_ws_frame(kind, b"text", fin, rsv1)
    other = (frame, WSMsgType.PING.value, b"text", fin, rsv1)
    assert not compiled.believe_frames(WSFrame, [other])
    assert not compiled.believe_frames(WSFrame, [])
    assert not compiled.believe_frames(str, [other])
    assert compiled.believe_frames(WSFrame, [(frame, kind.value, b"text", fin, rsv1)])
    assert compiled.plain_text(frame) == twin.plain_text(frame)
    assert compiled.plain_text("no frame") is None


class Comers:
    """A door, and what becomes of the frames that come to it."""

    def __init__(self, door: Any, credit: int) -> None:
        self.frames: list[tuple[Any, bytes, float]] = []
        self.asked: list[Any] = []
        self.told: list[tuple[int, bool]] = []
        self.moments: list[Any] = []
        self.door = door("the stream", twin.Inbox(self.frames, self.came, self.moments.append, 3), self.ask)
        self.door.credit = credit

    def ask(self, transport: Any, frame: Any) -> None:
        self.asked.append((transport, frame))

    def came(self, now: float) -> None:
        self.told.append((len(self.frames), now == self.door.heard == self.frames[-1][2]))

    def take(self, frames: list[WSFrame]) -> tuple[Any, ...]:
        for n, each in enumerate(frames):
            self.door.take("the transport", each)
            if n == 3:
                self.frames.clear()
        entries = [(stream, text) for stream, text, _ in self.frames]
        return entries, self.asked, self.told, self.door.credit


@pytest.mark.parametrize("credit", [0, 1, 2, 9])
def test_doors_let_in_alike(compiled: ModuleType, credit: int) -> None:
    plain, ping = (picows._make_test_ws_frame(kind, b"x", True, False) for kind in (WSMsgType.TEXT, WSMsgType.PING))
    assert compiled.believe_frames(WSFrame, [(plain, WSMsgType.TEXT.value, b"x", True, False)])
    both = [Comers(each, credit) for each in (twin.Door, compiled.Door)]
    frames = [plain, ping, plain, plain, plain, plain]
    one, other = (each.take(frames) for each in both)
    assert one == other
    assert len(one[1]) == 1 + max(0, 5 - credit)
    for each in both:
        each.door.shut()
        each.door.take("the transport", plain)
        assert (each.door.credit, len(each.frames), len(each.asked)) == (0, len(one[0]), len(one[1]))


@pytest.mark.parametrize(
    ("text", "is_moment"),
    [
        *((b'{"type":"event","seq":7,"name":"%b","data":{}}' % name.encode(), True) for name in MOMENTS),
        (b'{"type":"event","seq":7,"name":"page_view","data":{}}', False),
        (b'{"type":"event","seq":7,"name":"scrolled"}', False),
        (b'{"type":"event","seq":7,"name":"scroll', False),
        (b'{"type":"event","name":"', False),
        (b"x" * 60 + b'"name":"idle"', False),
        (b"", False),
    ],
)
def test_doors_tell_of_moments_alike(compiled: ModuleType, text: bytes, is_moment: bool) -> None:
    frame = picows._make_test_ws_frame(WSMsgType.TEXT, text, True, False)
    assert compiled.believe_frames(WSFrame, [(frame, WSMsgType.TEXT.value, text, True, False)])
    for each in (twin.Door, compiled.Door):
        comers = Comers(each, 9)
        comers.take([frame])
        assert comers.moments == (["the stream"] if is_moment else [])


def test_engine_that_is_compiled_reads_frames_in_c() -> None:
    reader = plain_frames.reader_of_text()
    assert reader is (twin.plain_text if engine.native.plain_text is None else engine.native.plain_text)
