"""
What the live engine knew of the past that rules look back at, while a recorded visitor is replayed.

The records may reach further back than the engine had counted: a replay that counted them all would know more than
the engine did when it judged. Here only that counts which counted then, and what was filled in from the archive is
there from the moment on at which it was filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.core.counted_since import EVER_OF, TRAIL_OF, Since
from engine.core.counters import FAMILIES, Op
from engine.core.store_verbs import Document, Hashes, carry_out

_FAMILIES = frozenset(FAMILIES.values())
_KEPT_AS = {"+v": EVER_OF, "moment": TRAIL_OF, "part": TRAIL_OF}


def is_of(field: str, name: str) -> bool:
    """Tell whether what is kept under a name, such as ``p:`` or ``views:cart``, has this field."""
    return field == name or (name in _FAMILIES and field.startswith(name))


class KnownPast:
    """What counted then; ``known`` is since when each name counts, as it is known now."""

    def __init__(self, known: Mapping[str, Since]) -> None:
        self._at_last = known
        self._whole = Hashes()
        self._filled: dict[str, int] = {}

    def known_at(self, now_ms: int) -> dict[str, Since]:
        """Return since when each name counted at a moment, as the replay has come to."""
        return {name: replace(since, ms=self._since_ms(name, since, now_ms)) for name, since in self._at_last.items()}

    def _since_ms(self, name: str, since: Since, now_ms: int) -> int:
        """A visitor who was filled knows it; of others it holds when all had been filled."""
        filled = self._filled.get(name)
        if filled is not None:
            return min(since.began_ms, filled)
        return since.ms if 0 < since.filled_ms <= now_ms else since.began_ms

    def counted(self, ops: Iterable[Op], now_ms: int) -> list[Op]:
        """Return of an event's changes those that were made then."""
        words = list(ops)
        carry_out(words, self._whole, Document(), now_ms)
        kept: list[Op] = []
        for n in range(0, len(words), 3):
            verb, field, said = words[n : n + 3]
            if str(verb) in _KEPT_AS:
                since = self._since(_KEPT_AS[str(verb)], str(field), now_ms)
                if since is None:
                    continue
                said = _as_much(str(verb), said, since.most)
            kept += (verb, field, said)
        return kept

    def _since(self, kind: str, field: str, now_ms: int) -> Since | None:
        """Return how much of a field was kept at a moment; None if nothing was."""
        found = self._at_last.get(kind + field) or self._at_last.get(kind + field[:2])
        for each in (found, *found.before) if found is not None else ():
            if each.began_ms <= now_ms and not 0 < each.until_ms <= now_ms:
                return each
        return None

    def fill(self, names: Iterable[str], back_to_ms: int, hashes: Hashes) -> None:
        """Put in place what of these names was filled in now from the archive."""
        for name in names:
            kind = TRAIL_OF if name.startswith(TRAIL_OF) else EVER_OF
            bare = name.removeprefix(kind)
            if kind == TRAIL_OF:
                hashes.trails |= {field: trail for field, trail in self._whole.trails.items() if is_of(field, bare)}
            else:
                hashes.visitor |= {field: n for field, n in self._whole.visitor.items() if is_of(field, bare)}
            self._filled[name] = back_to_ms


def _as_much(verb: str, said: Op, most: int) -> Op:
    """Return how much is kept, as the changes say it, where less was kept then."""
    if verb == "+v":
        return said
    *first, kept, longest = str(said).split()
    return " ".join([*first, str(min(int(kept), most)), longest])
