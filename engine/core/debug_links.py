"""
The links with which a merchant sees in the shop's own pages what the snippet sees.

    debug-KEY_ID-UNTIL-SIGNATURE

``UNTIL`` is in hexadecimal seconds. The site is signed but not written.
"""

import base64
import hmac
import re
from collections.abc import Sequence

from engine.core.tokens import Secret

_LINK = re.compile(r"debug-([a-z0-9]{1,16})-([0-9a-f]{1,12})-([A-Za-z0-9_-]{22})")
_LONGEST = 64


def sign_debug(secret: Secret, site: str, until_s: int) -> str:
    """Return what stands in the address behind ``shopbell=``; it is worth something until then."""
    return f"debug-{secret.id}-{until_s:x}-{_signature(secret, site, until_s)}"


def read_debug(secrets: Sequence[Secret], site: str, link: str, now_s: float) -> int | None:
    """Return until when a link of this site is worth something, None if it is not. Any text is looked at."""
    match = _LINK.fullmatch(link) if len(link) <= _LONGEST else None
    if match is None:
        return None
    key_id, until, signature = match.groups()
    secret, until_s = next((each for each in secrets if each.id == key_id), None), int(until, 16)
    if secret is None or until_s <= now_s:
        return None
    return until_s if hmac.compare_digest(_signature(secret, site, until_s), signature) else None


def _signature(secret: Secret, site: str, until_s: int) -> str:
    message = f"shopbell debug 1\0{site}\0{until_s:x}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret.key, message, "sha256")[:16]).decode("ascii").rstrip("=")
