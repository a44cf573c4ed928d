"""`/metrics`: in Prometheus' own words, for all workers together."""

import asyncio
import os
import sys
from pathlib import Path

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from engine.edge.metrics import Metrics, clear_metrics
from engine.edge.telemetry import Telemetry
from tests.browser import a_browser
from tests.waiting import eventually


async def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return what a scraper reads, by name and label values."""
    async with a_browser(metrics.router()) as browser:
        answer = await browser.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def a_busy_worker() -> Telemetry:
    telemetry = Telemetry()
    telemetry.connected()
    telemetry.event()
    telemetry.refused("origin_refused")
    telemetry.fired('he said "hi"\n')
    telemetry.held("welcome", "limit")
    telemetry.acknowledged(0.003)
    return telemetry


async def test_everything_counted_is_shown(tmp_path: Path) -> None:
    shown = await samples(Metrics(a_busy_worker(), tmp_path))
    assert shown["shopbell_connections", ()] == 1
    assert shown["shopbell_events_total", ()] == 1
    assert shown["shopbell_refusals_total", ("origin_refused",)] == 1
    assert shown["shopbell_fires_total", ('he said "hi"\n', "")] == 1
    assert shown["shopbell_holds_total", ("limit", "welcome")] == 1
    assert shown["shopbell_ack_latency_seconds_bucket", ("0.002",)] == 0
    assert shown["shopbell_ack_latency_seconds_bucket", ("0.005",)] == 1
    assert shown["shopbell_ack_latency_seconds_bucket", ("+Inf",)] == 1
    assert shown["shopbell_ack_latency_seconds_sum", ()] == 0.003
    assert shown["shopbell_loop_lag_seconds_count", ()] == 0


async def test_worker_shows_what_the_others_wrote(tmp_path: Path) -> None:
    (tmp_path / f"{os.getppid()}.json").write_bytes(orjson.dumps(a_busy_worker().snapshot()))
    shown = await samples(Metrics(a_busy_worker(), tmp_path))
    assert shown["shopbell_events_total", ()] == 2
    assert shown["shopbell_connections", ()] == 2


async def test_dead_worker_keeps_its_counts_but_not_its_connections(tmp_path: Path) -> None:
    dead = await asyncio.create_subprocess_exec(sys.executable, "-c", "")
    await dead.wait()
    (tmp_path / f"{dead.pid}.json").write_bytes(orjson.dumps(a_busy_worker().snapshot()))
    shown = await samples(Metrics(a_busy_worker(), tmp_path))
    assert shown["shopbell_events_total", ()] == 2
    assert shown["shopbell_connections", ()] == 1


async def test_worker_writes_its_numbers_while_it_runs_and_at_its_end(tmp_path: Path) -> None:
    telemetry = a_busy_worker()
    metrics = Metrics(telemetry, tmp_path / "run", shares=True)
    own = tmp_path / "run" / f"{os.getpid()}.json"
    await metrics.start()
    await eventually(own.exists)
    telemetry.event()
    await metrics.stop()
    assert orjson.loads(own.read_bytes())["events"] == 2


async def test_numbers_that_cannot_be_written_are_written_when_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("engine.edge.metrics.SHARE_EVERY_S", 0.01)
    folder = tmp_path / "run"
    metrics = Metrics(a_busy_worker(), folder, shares=True)
    await metrics.start()
    folder.rename(tmp_path / "away")
    await eventually(lambda: "the numbers of this process could not be written: No such file" in caplog.text)
    folder.mkdir()
    await eventually((folder / f"{os.getpid()}.json").exists)
    assert len(caplog.records) == 1
    await metrics.stop()


async def test_process_that_serves_alone_writes_nothing(tmp_path: Path) -> None:
    metrics = Metrics(Telemetry(), tmp_path)
    await metrics.start()
    await metrics.stop()
    assert not (tmp_path / f"{os.getpid()}.json").exists()


def test_numbers_of_an_earlier_engine_are_forgotten(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("{}")
    clear_metrics(tmp_path)
    clear_metrics(tmp_path / "missing")
    assert not list(tmp_path.iterdir())
