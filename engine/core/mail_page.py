"""
The page behind a link in a mail: a question with one button, or what came of it.

It needs no script. Opening it changes nothing, since programs that look through mails open every link.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape

from engine.core.languages import direction
from engine.core.themes import Theme

_CSS = (
    ":root{--accent:#0d6b57;--on_accent:#fff;--ground:#fff;--text:#1d1b20;--soft:#615d69;--line:#e4e1e8;--radius:16;"
    '--font:system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;color-scheme:light dark}'
    "LOOK"
    "*{box-sizing:border-box;margin:0}"
    "body{min-block-size:100dvh;display:grid;place-items:center;padding:24px;background:var(--ground);color:var(--text);"
    "font:medium/1.6 var(--font);overflow-wrap:anywhere}"
    "main{inline-size:min(440px,100%);display:grid;gap:20px;padding:40px 32px;border:1px solid var(--line);"
    "border-radius:calc(var(--radius)*1.5px);text-align:center}"
    "p{color:var(--soft)}h1{font-size:1.375em;line-height:1.3;text-wrap:balance}"
    "blockquote{padding-inline-start:16px;border-inline-start:3px solid var(--line);text-align:start;font-size:.9375em;"
    "white-space:pre-line}"
    "button{inline-size:100%;min-block-size:52px;padding:10px 20px;border:1px solid transparent;cursor:pointer;"
    "border-radius:calc(var(--radius)*1px);background:var(--accent);color:var(--on_accent);font:inherit;font-weight:650}"
    "button:focus-visible{outline:2px solid var(--text);outline-offset:2px}"
)
_DARK = "@media(prefers-color-scheme:dark){:root{--ground:#1c1b1f;--text:#e9e6ee;--soft:#b0abb9;--line:#3b3842}}"
_SAID = ("accent", "on_accent", "ground", "text", "soft", "line", "radius", "font")


@dataclass(frozen=True, slots=True)
class MailPage:
    """
    What it says.

    ``quote`` is what the reader agreed to, and its language; ``button`` sends the page's form off. Both may be absent.
    """

    title: str
    language: str
    shop: str = ""
    text: str = ""
    quote: tuple[str, str] | None = None
    button: str = ""


def mail_page_html(page: MailPage, theme: Theme | None) -> str:
    """Write the page in a shop's colours."""
    parts = [
        f"<p>{escape(page.shop)}</p>" if page.shop else "",
        f"<h1>{escape(page.title)}</h1>",
        f"<p>{escape(page.text)}</p>" if page.text else "",
        _quoted(*page.quote) if page.quote else "",
        f'<form method="post"><button>{escape(page.button)}</button></form>' if page.button else "",
    ]
    return (
        f'<!doctype html><html lang="{escape(page.language)}" dir="{direction(page.language)}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(page.title)}</title><style>{_style(theme)}</style></head><body><main>{''.join(parts)}</main>"
        "</body></html>"
    )


def _quoted(text: str, language: str) -> str:
    return f'<blockquote lang="{escape(language)}" dir="{direction(language)}">{escape(text)}</blockquote>'


def mail_page_policy(theme: Theme | None) -> str:
    """Return the Content-Security-Policy of such a page: its own style and its own form, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style(theme).encode()).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _style(theme: Theme | None) -> str:
    said = theme.as_json() if theme is not None else {}
    values = "".join(f"--{name}:{said[name]};" for name in _SAID if name in said)
    is_dark_too = "ground" not in said and said.get("dark") != "never"
    return _CSS.replace("LOOK", (_DARK if is_dark_too else ":root{color-scheme:light}") + f":root{{{values}}}")
