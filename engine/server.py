"""
Runs an engine from its start to its end.

One process by default; with ``--workers N`` as many share the port and this one only looks after them. What must
be there once (the data folder's lock, the port, the tables, the engine's own Valkey) is this process' own.
"""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

import engine
from engine.archiving import Archiving
from engine.build import build
from engine.edge.arenas import share_arenas
from engine.edge.database import database_url, migrate_now
from engine.edge.embedded_redis import EmbeddedRedis
from engine.edge.folder_lock import FolderLock
from engine.edge.http_guard import guarded_http
from engine.edge.log import set_up_logs
from engine.edge.metrics import clear_metrics
from engine.edge.redis_version import reach
from engine.edge.rule_files import read_folder
from engine.edge.secret import load_secrets
from engine.edge.telemetry import shared_in
from engine.refusal import Refusal
from engine.settings import Settings
from engine.workers import Supervisor

logger = logging.getLogger("shopbell.server")

BACKLOG = 2048
GIVE_UP_MS = 20_000
"""What was sent, and is not acknowledged by the other machine for so long, ends the connection: it may be gone."""

RECEIVED_AHEAD = 64 * 1024
"""So many bytes, and their headers, may wait of one connection. More would hold up the others when they are read."""

GRACE_S = 4
"""How long answers under way may take to finish when the engine is told to stop."""

SHUTDOWN_S = 7.0  # of which letting the streams go takes less than 3
"""When the engine stops all the same, whatever has not finished; with its Valkey that makes less than 10 s."""


class NoPort(Refusal):
    """The address cannot be listened on; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Started:
    """What a start found and made, for the words at the terminal."""

    settings: Settings
    url: str
    redis: str
    rules: int

    def __str__(self) -> str:
        processes = f" by {self.settings.workers} processes" if self.settings.workers > 1 else ""
        lines = [
            f"Shopbell {engine.__version__} listens on {self.url}{processes}",
            f"  redis  {self.redis}",
            f"  build  {build()}",
            f"  rules  {self.rules} in {_as_from_here(self.settings.rules)}",
        ]
        if self.settings.demo:
            lines += ["", f"Open {self.url}/ in a browser."]
        return "\n".join(lines)


def _as_from_here(folder: Path) -> Path:
    """Return a folder as the operator would name it: from the one where the engine was started, if it is in there."""
    return folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder


def run(settings: Settings) -> int:
    """
    Serve until a signal says to stop; return the exit status.

    Raises what the parts raise that cannot be started, each with a sentence for the operator.
    """
    set_up_logs(settings.log_level)
    share_arenas()
    with ExitStack() as stack:
        stack.enter_context(FolderLock(settings.data))
        listener = stack.enter_context(listen(settings.host, settings.port))
        rules = read_folder(settings.rules)
        load_secrets(settings.data)
        migrate_now(database_url(settings.database_url, settings.data))
        stop = stack.enter_context(stop_signals())
        redis_url, redis = _redis(settings, stack)
        clear_metrics(shared_in(settings.data))
        print(Started(settings, _url_of(settings, listener), redis, len(rules.rules)), flush=True)  # noqa: T201
        running = replace(settings, redis_url=redis_url)
        stack.enter_context(Archiving(running))
        if settings.workers > 1:
            # a port that this process holds would take whoever comes while the workers end, and serve nobody
            return Supervisor(settings.workers, serve, (running, listener), listener.close).run(stop)
        if not stop.is_set:
            serve(running, listener)
    return 0


def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve in this process, over a port and beside a Redis that are there, until a signal says to stop."""
    from engine.app import create_app
    from engine.edge.switch import StreamSwitch

    set_up_logs(settings.log_level)
    share_arenas()
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=guarded_http(settings.head_bytes, settings.head_within),
        ws=StreamSwitch,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_S,
    )
    DrainingServer(config, app).run(sockets=[listener])


class DrainingServer(uvicorn.Server):
    """
    Lets the shoppers' streams go before the rest.

    uvicorn does not know them: they left it at the upgrade. The app closes them in ``app.state.drain``, says
    from then on that it is not ready, and answers all others meanwhile.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drain, then stop as uvicorn does, within a limit."""
        try:
            async with asyncio.timeout(SHUTDOWN_S):
                await self._app.state.drain()
                await super().shutdown(sockets)
        except TimeoutError:
            logger.error("stopping after %g s with work unfinished", SHUTDOWN_S)


class StopSignals:
    """Whether this process has been told to stop."""

    def __init__(self) -> None:
        self.is_set = False

    def receive(self, *_: Any) -> None:
        """Note it. A second one changes nothing: the end is under way."""
        self.is_set = True


@contextmanager
def stop_signals() -> Iterator[StopSignals]:
    """
    Note SIGTERM and SIGINT where they would end the process.

    uvicorn takes them over while it serves and raises them once more when it is done; the engine then still has
    its Valkey to stop.
    """
    stop = StopSignals()
    before = {number: signal.signal(number, stop.receive) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def listen(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else is started. Raises NoPort."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise NoPort(f"cannot listen on {host} port {port}: {str(reason).lower()}") from error
    # what is accepted has it too: picows makes room for all that has come, and does not give it back
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_AHEAD)
    if give_up := getattr(socket, "TCP_USER_TIMEOUT", None):  # Linux' own; what is accepted has it too
        listener.setsockopt(socket.IPPROTO_TCP, give_up, GIVE_UP_MS)
    with listener:
        yield listener


def _redis(settings: Settings, stack: ExitStack) -> tuple[str, str]:
    """Return the address of the Redis to use, and what it is."""
    if settings.redis_url is None:
        own = stack.enter_context(EmbeddedRedis(settings.data / "redis"))
        return own.url, str(own)
    reached = asyncio.run(reach(settings.redis_url))
    return reached.url, str(reached)


def _url_of(settings: Settings, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host and not host.startswith("[") else f"http://{host}:{port}"
