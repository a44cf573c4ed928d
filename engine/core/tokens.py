"""
Tokens that name a visitor and a session, signed so that nobody can claim another's.

    KEY_ID.VISITOR.SESSION.ISSUED.SIGNATURE

The site is signed but not written: a token of one site is nothing at another.
"""

import base64
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

LIFETIME_MS = 400 * 24 * 3600 * 1000
"""As long as browsers let a cookie live."""

SKEW_MS = 24 * 3600 * 1000
"""How far in the future a token may have been issued: a server's clock may be set back."""

_ID = r"[a-z2-7]{26}"
_TOKEN = re.compile(rf"([a-z0-9]{{1,16}})\.({_ID})\.({_ID})\.([0-9a-f]{{1,12}})\.([A-Za-z0-9_-]{{43}})")
_REFERENCE = re.compile(rf"([a-z0-9]{{1,16}})\.({_ID})\.([A-Za-z0-9_-]{{22}})")
_LETTERS = 26
_MARKS = dict(zip("aeimquy4", "bfjnrvz5", strict=True))
_MARKED = frozenset(_MARKS.values())
_LONGEST = 16 + 26 + 26 + 12 + 43 + 4


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing key. Its id stands in the tokens it signed, so that keys can be replaced one after the other."""

    id: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Token:
    """What a genuine token says."""

    visitor: str
    session: str
    issued_ms: int


def random_id(random: bytes) -> str:
    """Return 16 random bytes as 26 letters and digits: the name of a visitor or a session."""
    if len(random) != 16:
        raise ValueError(f"an id is made of 16 random bytes, not {len(random)}")
    return base64.b32encode(random).decode("ascii").rstrip("=").lower()


def fleeting_id(random: bytes) -> str:
    """
    Return the name of a visitor of whom nothing is kept.

    The last of 26 letters holds three bits of 128, so that of four letters only one ever ends a visitor's name:
    another one marks the name itself, wherever it comes.
    """
    name = random_id(random)
    return name[:-1] + _MARKS[name[-1]]


def is_fleeting(visitor: str) -> bool:
    """Tell whether nothing is kept of a visitor."""
    return len(visitor) == _LETTERS and visitor[-1] in _MARKED


def sign(secret: Secret, site: str, visitor: str, session: str, now_ms: int) -> str:
    """Return the token of this visitor and session at this site, issued now."""
    named = f"{secret.id}.{visitor}.{session}.{now_ms:x}"
    return f"{named}.{_signature(secret, site, named)}"


def read(secrets: Sequence[Secret], site: str, token: object, now_ms: int) -> Token | None:
    """
    Return what the token says, or None if it is not one of ours for this site, or expired.

    Whatever a client sends is looked at: any type, any length. Nothing is raised.
    """
    if not isinstance(token, str) or len(token) > _LONGEST:
        return None
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    key_id, visitor, session, issued, signature = match.groups()
    secret = next((each for each in secrets if each.id == key_id), None)
    named = token[: -len(signature) - 1]
    if secret is None or not hmac.compare_digest(_signature(secret, site, named), signature):
        return None
    issued_ms = int(issued, 16)
    if not now_ms - LIFETIME_MS < issued_ms <= now_ms + SKEW_MS:
        return None
    return Token(visitor, session, issued_ms)


def sign_reference(secret: Secret, site: str, visitor: str) -> str:
    """
    Return by what another channel of the shop's (LINE, Messenger) knows a visitor again.

    It names the visitor and opens nothing: whoever finds one cannot become that visitor.
    """
    return f"{secret.id}.{visitor}.{_reference_signature(secret, site, visitor)}"


def read_reference(secrets: Sequence[Secret], site: str, reference: object) -> str | None:
    """Return the visitor whom a reference of this site names, or None. Whatever somebody sends is looked at."""
    match = _REFERENCE.fullmatch(reference) if isinstance(reference, str) and len(reference) <= _LONGEST else None
    if match is None:
        return None
    key_id, visitor, signature = match.groups()
    secret = next((each for each in secrets if each.id == key_id), None)
    if secret is None or not hmac.compare_digest(_reference_signature(secret, site, visitor), signature):
        return None
    return visitor


def _reference_signature(secret: Secret, site: str, visitor: str) -> str:
    message = f"shopbell reference 1\0{site}\0{visitor}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret.key, message, "sha256")[:16]).decode("ascii").rstrip("=")


def _signature(secret: Secret, site: str, named: str) -> str:
    message = f"shopbell token 1\0{site}\0{named}".encode()
    return base64.urlsafe_b64encode(hmac.digest(secret.key, message, "sha256")).decode("ascii").rstrip("=")
