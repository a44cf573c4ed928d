"""Something small that is done again and again, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger("shopbell.repeated")


class Repeated:
    """
    Does it every so often, from ``start`` to ``stop``.

    Where it fails it is tried again the next time; the log has the first failure of a row of them.
    """

    def __init__(self, name: str, every_s: float, do: Callable[[], None]) -> None:
        self._every_s = every_s
        self._do = do
        self._has_failed = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, once what is being done is done."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                self._do()
                self._has_failed = False
            except Exception:
                if not self._has_failed:
                    logger.exception("%s has failed, and is tried again", self._thread.name)
                self._has_failed = True
