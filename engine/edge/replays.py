"""Replays many recorded visitors, lot by lot, in as many processes as there are cores."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TextIO

from engine.core.recorded import Record, each_once
from engine.edge.archive_reading import Recordings, Span
from engine.edge.archive_shelf import Place

FEW_ROWS = 20_000
LOTS = 8
"""Each lot is looked for in the whole of the files: the fewer, the faster."""

MOST_IN_LOT = 500_000
"""So many rows fit well into memory."""

Logged = Mapping[str, list[Record]]


class Worker(Protocol):
    """Takes visitors, one after the other."""

    def take(self, visitor: str, records: list[Record]) -> None:
        """Take all records of one visitor."""

    def result(self) -> Any:
        """Return what came of it, in a form that another process can be told."""


class Work(Protocol):
    """What is done with visitors; another process gets a copy of it."""

    @property
    def where(self) -> str:
        """A condition on rows, in SQL: of visitors without any such row nothing is read. Empty: all are."""

    def begin(self) -> Worker:
        """Make ready for a lot."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where recorded visitors are: a site of an archive, in a span, and what its log holds beyond that."""

    archive: Place
    site: str
    span: Span
    logged: Logged = field(default_factory=dict)


_Lot = tuple[Source, Work, int, int]
"""What to replay, and the lot's number of how many."""


def replay_all(
    source: Source, work: Work, processes: int = 0, progress: Callable[[float], None] = lambda _share: None
) -> Iterator[Any]:
    """
    Yield the result of each lot; ``progress`` is told the share that is done.

    With no number of processes there are as many as cores; few rows are not worth starting any.
    """
    rows = Recordings(source.archive).rows(source.site, source.span)
    count = max(LOTS, -(-rows // MOST_IN_LOT))
    processes = 1 if rows < FEW_ROWS else processes or os.cpu_count() or 1
    met: set[str] = set()
    lots = [(source, work, lot, count) for lot in range(count)]
    for n, (result, visitors) in enumerate(_results(lots, processes), 1):
        met |= visitors
        progress(n / count)
        yield result
    worker = work.begin()
    for visitor, records in source.logged.items():
        if visitor not in met:
            worker.take(visitor, records)
    yield worker.result()


def _results(lots: list[_Lot], processes: int) -> Iterator[tuple[Any, set[str]]]:
    if processes == 1:
        yield from map(_replay_lot, lots)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_replay_lot, lots)


def _replay_lot(lot: _Lot) -> tuple[Any, set[str]]:
    source, work, number, count = lot
    worker, met = work.begin(), set()
    recordings = Recordings(source.archive)
    for visitor, records in recordings.visitors(source.site, source.span, number, count, work.where):
        more = source.logged.get(visitor)
        if more is not None:
            met.add(visitor)
        worker.take(visitor, each_once([*records, *more]) if more else records)
    return worker.result(), met


class ProgressBar:
    """A bar on a terminal; nothing where the output goes elsewhere."""

    _WIDTH = 40

    def __init__(self, title: str, out: TextIO | None = None) -> None:
        self._title = title
        self._out = out or sys.stderr

    def __call__(self, share: float) -> None:
        """Show how much is done."""
        if self._out.isatty():
            done = round(share * self._WIDTH)
            end = "\n" if share >= 1 else ""
            self._out.write(f"\r{self._title} [{'#' * done}{'.' * (self._WIDTH - done)}] {share:4.0%}{end}")
            self._out.flush()
