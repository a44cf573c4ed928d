"""Which words of Shopbell's own a popup needs: those the renderer is given, and those that stand in for a text."""

from __future__ import annotations

from functools import lru_cache

from engine.core.label_texts import NAMES, TEXTS
from engine.core.languages import base_of, script_of

_COUPON = ("copy", "copied", "apply", "expired", "ends_in")

LABELS_OF = {
    "coupon": _COUPON,
    "chat": (*_COUPON, "chat", "send", "answer", "email_wrong", "number_wrong", "back"),
    "bar": _COUPON,
    "countdown": (*_COUPON, "days", "hours", "minutes", "seconds", "minutes_left"),
    "products": ("previous", "next"),
    "survey": (*_COUPON, "send", "of"),
    "wheel": (*_COUPON, "turning"),
    "image": (),
    "subscribe": (*_COUPON, "email", "email_wrong", "consent_needed", "or"),
}
"""What the renderer of each kind asks for beside ``close``."""

LABELS = tuple(dict.fromkeys(("close", *(name for names in LABELS_OF.values() for name in names))))
"""Every label that a popup may carry."""


def label(name: str, language: str) -> str:
    """Return one word or sentence in a language, in English where there is no table for it."""
    words = TEXTS.get(script_of(language)) or TEXTS.get(base_of(language)) or TEXTS["en"]
    return words[NAMES.index(name)]


def labels(language: str, kind: str) -> dict[str, str]:
    """Return the labels that the renderer of this kind of popup needs."""
    return dict(_labels(language, kind))


@lru_cache(1_000)
def _labels(language: str, kind: str) -> dict[str, str]:
    return {name: label(name, language) for name in ("close", *LABELS_OF[kind])}
