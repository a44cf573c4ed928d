"""
The look of a site's popups: colours, corners, letters.

Contrast is WCAG 2.2's, success criterion 1.4.3 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEAST_CONTRAST = 4.5
DEFAULT_GROUND, DEFAULT_TEXT = "#ffffff", "#222222"

_FAMILIES = {
    "serif": 'ui-serif,Georgia,"Songti TC","Noto Serif CJK TC","Noto Serif",serif',
    "rounded": 'ui-rounded,"Hiragino Maru Gothic ProN","Arial Rounded MT Bold",Nunito,Quicksand,system-ui,sans-serif',
    "mono": "ui-monospace,Menlo,Consolas,monospace",
}
FONTS = ("system", *_FAMILIES)
SIDES = ("right", "left")
DARKS = ("auto", "never")


@dataclass(frozen=True, slots=True)
class Theme:
    """What the operator has set; None is the renderer's own. Colours are ``#rrggbb``, ``radius`` is in pixels."""

    accent: str | None = None
    ground: str | None = None
    text: str | None = None
    radius: int | None = None
    font: str | None = None
    side: str | None = None
    dark: str | None = None

    @property
    def colours(self) -> Mapping[str, str]:
        """
        The ground, the text, and what is mixed of them; empty where neither is set.

        ``tint`` lies behind boxes, ``line`` is a border, ``soft`` is small print, which can be read on both grounds.
        """
        if self.ground is None and self.text is None:
            return {}
        ground, text = self.ground or DEFAULT_GROUND, self.text or DEFAULT_TEXT
        tint = mixed(text, ground, 0.05)
        softest = (mixed(text, ground, share / 100) for share in range(70, 100, 5))
        soft = next((each for each in softest if least_contrast(each, ground, tint) >= LEAST_CONTRAST), text)
        return {"ground": ground, "text": text, "soft": soft, "tint": tint, "line": mixed(text, ground, 0.15)}

    @property
    def text_contrast(self) -> float:
        """How far the text stands out from the ground and from boxes on it."""
        colours = self.colours
        return least_contrast(colours["text"], colours["ground"], colours["tint"]) if colours else 21.0

    def as_json(self) -> dict[str, Any]:
        """Return the theme as the renderer takes it; ``on_accent`` is the colour of text on the accent."""
        accent = {} if self.accent is None else {"accent": self.accent, "on_accent": text_on(self.accent)}
        font = _FAMILIES.get(self.font or "")
        rest = {"radius": self.radius, "font": font, "side": self.side, "dark": self.dark}
        return {**accent, **self.colours, **{name: value for name, value in rest.items() if value is not None}}


def least_contrast(colour: str, *grounds: str) -> float:
    """Return the lowest contrast of a colour with several grounds."""
    return min(contrast(colour, each) for each in grounds)


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour that is ``share`` of the one and the rest of the other."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 (none) to 21 (black and white)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(each / 255) for each in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def text_on(colour: str) -> str:
    """Return black or white, whichever stands out more; of the two one always has 4.5:1."""
    return max("#ffffff", "#000000", key=lambda each: contrast(each, colour))
