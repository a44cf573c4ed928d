"""What the engine has written down of a visitor, read from its Redis past the engine."""

from typing import Any, Self

import orjson
import redis

from engine.edge.keys import VisitorKeys, log_key
from engine.edge.socket_path import socket_path
from tests.engine_process import EngineProcess


class Ledger:
    """The books of one site."""

    def __init__(self, engine: EngineProcess, site: str) -> None:
        self._redis = redis.Redis(unix_socket_path=str(socket_path(engine.data / "redis", "redis.sock")))
        # an entry holds one field many times: what redis-py makes of it, a dict, would hold only the last
        self._redis.set_response_callback("XRANGE", lambda reply, **_: reply)
        self._site = site

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._redis.close()

    def count(self, visitor: str, counter: str) -> int:
        """Return a counter of the visitor's session, by its name in Redis."""
        value: Any = self._redis.hget(VisitorKeys(self._site, visitor).session, counter)
        return int(value or 0)

    def views(self, visitor: str) -> dict[str, int]:
        """Return the page views of the visitor's session, by path."""
        counters: Any = self._redis.hgetall(VisitorKeys(self._site, visitor).session)
        return {name[2:].decode(): int(value) for name, value in counters.items() if name.startswith(b"p:")}

    def firings(self, visitor: str) -> list[str]:
        """Return the rules that fired for the visitor, once for each firing."""
        by_rule: Any = self._redis.hgetall(VisitorKeys(self._site, visitor).firings)
        return [rule.decode() for rule, firings in by_rule.items() for _ in orjson.loads(firings)]

    def taken_back(self, visitor: str) -> list[str]:
        """Return the rules whose popups nobody saw before their page was left, once for each firing."""
        by_rule: Any = self._redis.hgetall(VisitorKeys(self._site, visitor).firings)
        return [rule.decode() for rule, text in by_rule.items() for each in orjson.loads(text) if each.get("u")]

    def tags(self, visitor: str) -> list[str]:
        """Return the visitor's tags."""
        text: Any = self._redis.hget(VisitorKeys(self._site, visitor).visitor, "tags")
        tags: list[str] = orjson.loads(text or b"[]")
        return tags

    def keys(self, visitor: str) -> list[bytes]:
        """Return all keys that name the visitor."""
        found: Any = self._redis.keys(f"*{visitor}*")
        return sorted(found)

    def events(self, visitor: str) -> list[dict[str, Any]]:
        """Return the visitor's frames as they came, in order, also those that came again; ``doc`` is in each."""
        return [{"doc": each["d"], **each["f"]} for each in self._logged(visitor) if "f" in each]

    def last_words(self, visitor: str) -> list[str]:
        """Return the documents of which a request said that they were left."""
        return [each["d"] for each in self._logged(visitor) if each.get("hello", {}).get("left")]

    def _logged(self, visitor: str) -> list[dict[str, Any]]:
        entries: Any = self._redis.xrange(log_key(self._site, 0))
        logged = [orjson.loads(text) for _, fields in entries for text in fields[1::2]]
        return [each for each in logged if each["v"] == visitor]
