"""
What is kept of a visitor in the archive: one row for each event, hello, claim and fill.

    row_of      an entry of the event log becomes a row, its personal words masked
    COLUMNS     what a row holds, for the archive's files and the reference
"""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson

from engine.core.events import Page, Product
from engine.core.redaction import masked

EVENT, HELLO, CLAIM, FILL = "event", "hello", "claim", "fill"

UNSEEN = "unseen"
"""What came of a claim in the end: nobody saw the popup, in its minute or until its page was left."""

COLUMNS = (
    ("visitor", "VARCHAR", "who: the visitor's random id"),
    ("session", "VARCHAR", "the session, as the connection knew it when the entry was written"),
    ("tab", "VARCHAR", "the document whose connection it came over"),
    ("doc", "VARCHAR", "the document that it belongs to; another than `tab` for what an earlier document left behind"),
    ("seq", "BIGINT", "the event's number in its document; of a hello the highest that had been applied, of a claim "
     "that of the event that made the rule true"),
    ("at_ms", "BIGINT", "when it came, in ms since the epoch"),
    ("kind", "VARCHAR", "`event`, `hello` (a document connected), `claim` (a true rule asked to show its popup) or "
     "`fill` (what rules look back at was filled in from the archive)"),
    ("name", "VARCHAR", "the event's name; of a claim what came of it: `shown`, or what held it back; `unseen` is "
     "a row more, with `seq` 0, of a popup that nobody saw in its minute, or until its page was left"),
    ("data", "JSON", "what the event said; of a hello what is known of visitor and browser; of a claim rule, fire, "
     "page view; of a fill what was filled, and back to which moment"),
    ("page", "JSON", "the page that a hello or an event of an earlier document names, else empty"),
    ("log_ms", "BIGINT", "place in the event log: the ms of the entry"),
    ("log_n", "BIGINT", "place in the event log: the number within that ms"),
)  # fmt: skip
"""Name, type and meaning of every column, in the order of the files."""

_MOST_IN_ENTRY = 100_000


class Row(NamedTuple):
    """One row; ``data`` and ``page`` are JSON texts. The fields are those of COLUMNS."""

    visitor: str
    session: str
    tab: str
    doc: str
    seq: int
    at_ms: int
    kind: str
    name: str
    data: bytes
    page: bytes | None
    log_ms: int
    log_n: int

    def as_json(self) -> bytes:
        """Write the row as a line of JSON, by column."""
        said = self._asdict()
        said["data"] = orjson.Fragment(self.data)
        said["page"] = None if self.page is None else orjson.Fragment(self.page)
        return orjson.dumps(said)


def row_of(entry: bytes, log_id: tuple[int, int], n: int) -> Row:
    """
    Read the ``n``-th part of the log's entry ``log_id``.

    Raises ValueError, KeyError or TypeError for what no version of the engine has written.
    """
    said = orjson.loads(entry)
    place = (log_id[0], log_id[1] * _MOST_IN_ENTRY + n)
    who = (said["v"], said["s"], said["d"])
    if "f" in said:
        frame = said["f"]
        data = masked(frame["name"], frame.get("data") or {})
        page = frame.get("page")
        return Row(
            *who, frame.get("doc") or said["d"], int(frame["seq"]), int(said["t"]), EVENT, str(frame["name"]),
            orjson.dumps(data), None if page is None else orjson.dumps(page), *place,
        )  # fmt: skip
    if HELLO in said:
        hello = said[HELLO]
        rest = {key: value for key, value in hello.items() if key not in ("seq", "page")}
        page = hello.get("page")
        return Row(
            *who, said["d"], int(hello["seq"]), int(said["t"]), HELLO, HELLO,
            orjson.dumps(rest), None if page is None else orjson.dumps(page), *place,
        )  # fmt: skip
    if FILL in said:
        return Row(*who, said["d"], 0, int(said["t"]), FILL, FILL, orjson.dumps(said[FILL]), None, *place)
    claim = said[CLAIM]
    rest = {key: value for key, value in claim.items() if key not in ("seq", "doc", "reason")}
    return Row(
        *who, claim.get("doc") or said["d"], int(claim["seq"]), int(said["t"]), CLAIM, str(claim["reason"]),
        orjson.dumps(rest), None, *place,
    )  # fmt: skip


def page_json(page: Page | None) -> dict[str, Any] | None:
    """Write a page as the wire does, so that reading it gives the same page."""
    if page is None:
        return None
    said = {"kind": page.kind, "url": page.url, "title": page.title, "category": page.category}
    found = {key: value for key, value in said.items() if value or key in ("kind", "url")}
    return found if page.product is None else {**found, "product": _product_json(page.product)}


def _product_json(product: Product) -> dict[str, Any]:
    return {key: value for key, value in product._asdict().items() if value not in ("", None)}
