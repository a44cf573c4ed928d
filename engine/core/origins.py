"""Which pages may open a site's stream: the origins an operator lists, and the one a browser says it is on."""

import ipaddress
import re
from collections.abc import Collection

import idna

SELF = "self"
"""In a site's origins: the host that serves the engine itself, whatever name it was reached by."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^\]/]*\]|[^/:@?#\[\]\\%\s]+)(?::(?P<port>[0-9]{1,5}))?/?", re.I)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_EXPECTED = "expected an origin such as https://shop.example"


class BadOrigin(ValueError):
    """What the operator wrote is no origin; the sentence says what was expected."""


def normalise_origin(text: str) -> str:
    """
    Return the origin as every browser writes it in its Origin header.

    Lower case, the host in punycode, no default port, no slash. ``self`` stays as it is.
    """
    if text == SELF:
        return SELF
    match = _ORIGIN.fullmatch(text)
    if match is None:
        raise BadOrigin(f"origin {text!r} is not a scheme, a host and at most a port, {_EXPECTED}")
    scheme = match["scheme"].lower()
    port = int(match["port"] or _DEFAULT_PORTS[scheme])
    if not 0 < port < 65536:
        raise BadOrigin(f"origin {text!r} has port {port}, expected one from 1 to 65535")
    host = _host(match["host"], text)
    return f"{scheme}://{host}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{host}:{port}"


def allowed(origin: str | None, origins: Collection[str], host: str | None, scheme: str) -> bool:
    """
    Tell whether a page of this Origin header may open the site's stream.

    ``origins`` are normalised. A browser writes the header in just that form, so it is compared as it
    stands: whatever differs from a listed origin in case, port, scheme, a trailing dot or a
    lookalike host was not sent from a page of that origin. ``host`` is the request's Host header.
    """
    if origin is None or origin == SELF:  # no browser sends our word
        return False
    if origin in origins:
        return True
    return SELF in origins and host is not None and origin in _own_origins(host, scheme)


def _own_origins(host: str, scheme: str) -> list[str]:
    """
    Return what a page served by this very host calls itself.

    A proxy in front often ends TLS, so a page that is https for the browser may reach the engine as http.
    """
    schemes = ["https"] if scheme == "https" else ["http", "https"]
    try:
        return [normalise_origin(f"{each}://{host}") for each in schemes if not host.endswith("/")]
    except BadOrigin:
        return []


def _host(host: str, text: str) -> str:
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
        except ValueError as error:
            raise BadOrigin(f"origin {text!r} has the host {host}, which is no IPv6 address") from error
    name = host.lower() if host.isascii() else _punycode(host, text)
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadOrigin(f"origin {text!r} has the host {host!r}, which is no host name, {_EXPECTED}")
    if labels[-1].isdigit():
        try:
            ipaddress.IPv4Address(name)
        except ValueError as error:
            raise BadOrigin(f"origin {text!r} has the host {host!r}, which is no IPv4 address") from error
    return name


def _punycode(host: str, text: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise BadOrigin(f"origin {text!r} has the host {host!r}, which is no host name: {error}") from error
