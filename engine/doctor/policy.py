"""Whether a page's Content-Security-Policy lets the snippet in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from urllib.parse import urlsplit

OWN = ("https://", "wss://", "http://", "ws://")
"""What ``'self'`` lets in, with the page's own host behind it."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What the policy forbids, and what to add to it."""

    why: str
    add: str


def gaps(policies: Sequence[str], engine: str, page: str = "") -> Iterator[Gap]:
    """
    Yield what the policies, each as a page sends it, do not allow the engine at this address.

    ``page`` is where the page is: what allows its own host allows an engine there. Without an address of the engine,
    whatever allows no host but the page's own is a gap. A nonce or a hash in ``script-src`` lets the tag in if it
    carries it, and that is for the merchant to see to.
    """
    parts = urlsplit(engine)
    host = parts.netloc
    own = host if host == urlsplit(page).netloc else ""
    stream = {"ws"} if parts.scheme == "http" else {"wss"}
    for policy in policies:
        rules = _directives(policy, own)
        scripts = rules.get("script-src-elem", rules.get("script-src", rules.get("default-src")))
        if scripts is not None and not (_is_signed(scripts) or _lets_in(scripts, engine, {"", "https", parts.scheme})):
            yield Gap("script-src does not name it", f"'{host or 'HOST'}' to script-src")
        ways = rules.get("connect-src", rules.get("default-src"))
        if ways is not None and not _lets_in(ways, engine, stream):
            shown = host or "HOST"
            yield Gap("connect-src does not name it", f"'https://{shown} wss://{shown}' to connect-src")


def _directives(policy: str, own: str) -> dict[str, list[str]]:
    """Return the sources of each directive; ``'self'`` is the page's own host; of two alike the first counts."""
    found: dict[str, list[str]] = {}
    for name, *sources in filter(None, map(str.split, policy.lower().split(";"))):
        expanded = [[f"{scheme}{own}" for scheme in OWN] if own and each == "'self'" else [each] for each in sources]
        found.setdefault(name, [source for each in expanded for source in each])
    return found


def _is_signed(sources: Sequence[str]) -> bool:
    return any(each.startswith(("'nonce-", "'sha", "'strict-dynamic'")) for each in sources)


def _lets_in(sources: Sequence[str], engine: str, schemes: Set[str]) -> bool:
    """
    Tell whether a source names the engine by one of these schemes.

    A host without a scheme has that of the page, which is not that of a WebSocket: browsers stop it.
    """
    parts = urlsplit(engine)
    return any(_names(each, parts.netloc, parts.hostname or "", schemes) for each in sources)


def _names(source: str, netloc: str, hostname: str, schemes: Set[str]) -> bool:
    if source == "*" or (source.endswith(":") and source[:-1] in schemes):
        return True
    scheme, _, host = source.rpartition("://")
    if scheme not in schemes:
        return False
    if host.startswith("*."):
        return bool(hostname) and hostname.endswith(host[1:].partition(":")[0])
    return bool(netloc) and host.rstrip("/") in (netloc, hostname)
