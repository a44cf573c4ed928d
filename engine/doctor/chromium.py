"""A headless Chromium over its own DevTools protocol: one tab, and no more of it than the doctor needs."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from engine.refusal import Refusal

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
STARTS_WITHIN_S = 30.0
ANSWERS_WITHIN_S = 30.0
LOOK_EVERY_S = 0.05
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
)


class NoChromium(Refusal):
    """No browser can be driven; the sentence says what to do."""


class PageFailed(Exception):
    """The browser refused a command, or its page threw."""


def find_chromium() -> str:
    """Return the browser that ``SHOPBELL_CHROMIUM`` names, else the first one on the PATH. Raises NoChromium."""
    named = os.environ.get("SHOPBELL_CHROMIUM")
    found = named if named and os.access(named, os.X_OK) else None
    found = found or (None if named else next(filter(None, map(shutil.which, PROGRAMS)), None))
    if found is None:
        where = f"SHOPBELL_CHROMIUM is '{named}'" if named else f"none of {', '.join(PROGRAMS)} is on the PATH"
        raise NoChromium(f"{where}, expected a Chromium or Chrome that can be run (on Debian: apt install chromium)")
    return found


class Chromium:
    """A browser with nothing in it, and its one tab; leaving the ``with`` block ends it."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._ids = itertools.count(1)
        self._heard: dict[str, list[Callable[[dict[str, Any]], None]]] = {}
        self._stack = ExitStack()
        self._socket: ClientConnection
        self._session: str | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            home = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="shopbell-doctor-", ignore_cleanup_errors=True)
            )
            own = [
                f"--user-data-dir={home}",
                "--remote-debugging-port=0",
                *(["--no-sandbox"] if os.getuid() == 0 else []),
            ]
            process = subprocess.Popen(  # noqa: S603 - the program is the operator's own
                [self._program, *_FLAGS, *own, "about:blank"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(_end, process)
            self._socket = stack.enter_context(connect(_address(Path(home), process), max_size=None))
            target = self.send("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def on(self, event: str, act: Callable[[dict[str, Any]], None]) -> None:
        """Act on each event of this name; it may ``tell`` the browser something, but wait for nothing."""
        self._heard.setdefault(event, []).append(act)

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Give one command and return its answer; what happens meanwhile is acted on. Raises PageFailed."""
        number = self.tell(method, **params)
        answer = self._wait(ANSWERS_WITHIN_S, lambda said: said.get("id") == number)
        if answer is None or "error" in answer:
            why = "no answer" if answer is None else answer["error"]["message"]
            raise PageFailed(f"{method}: {why}")
        return dict(answer["result"])

    def tell(self, method: str, **params: Any) -> int:
        """Give one command, and return its number; its answer is nobody's."""
        number = next(self._ids)
        about = {"sessionId": self._session} if self._session else {}
        self._socket.send(json.dumps({"id": number, "method": method, "params": params, **about}))
        return number

    def run(self, expression: str) -> Any:
        """Return what an expression gives in the page. Raises PageFailed where it throws."""
        answer = self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise PageFailed(str(answer["exceptionDetails"].get("text")))
        return answer["result"].get("value")

    def wait_until(self, holds: Callable[[], bool], within_s: float) -> bool:
        """Let the browser go on until this holds, or the time is over; tell whether it holds."""
        ends = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > ends:
                return False
            self._wait(LOOK_EVERY_S, lambda _: True)
        return True

    def _wait(self, within_s: float, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        """Take what the browser says until it is what is wanted; None if that does not come in time."""
        ends = time.monotonic() + within_s
        while (left := ends - time.monotonic()) > 0:
            try:
                said: dict[str, Any] = json.loads(self._socket.recv(left))
            except TimeoutError:
                return None
            except WebSocketException as error:
                raise PageFailed("the browser has ended") from error
            for act in self._heard.get(said.get("method", ""), ()):
                act(said["params"])
            if wanted(said):
                return said
        return None


def _address(home: Path, process: subprocess.Popen[bytes]) -> str:
    """Return where the browser listens, as it writes it into its folder. Raises NoChromium if it does not."""
    file, ends = home / "DevToolsActivePort", time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < ends and process.poll() is None:
        port, _, path = file.read_text().partition("\n") if file.exists() else ("", "", "")
        if path:
            return f"ws://127.0.0.1:{port}{path}"
        time.sleep(LOOK_EVERY_S)
    raise NoChromium(f"the browser did not start within {STARTS_WITHIN_S:g} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
