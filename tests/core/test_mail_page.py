"""The pages behind a mail's links: the shop's look, the reader's language, and nothing that runs."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from engine.core.label_texts import TEXTS
from engine.core.languages import script_of
from engine.core.mail_page import MailPage, mail_page_html, mail_page_policy
from engine.core.mail_texts import NAMES, mail_language, mail_words
from engine.core.themes import Theme

ASKED = MailPage("Confirm", "en", "Mug & Co", "Two lines", ("News <weekly>", "he"), "Yes")
THEMES = (None, Theme(accent="#b0413e"), Theme(ground="#fffaf5", text="#33302c", font="serif"), Theme(dark="never"))


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_every_language_of_popups_has_words_for_mails(language: str) -> None:
    assert mail_language(language) == script_of(language)
    assert list(mail_words(language)) == list(NAMES)
    assert all(mail_words(language).values())


def test_language_without_words_reads_english() -> None:
    assert (mail_language("sv"), mail_language("zh-HK"), mail_language("")) == ("en", "zh-hant", "en")
    assert mail_words("sv") == mail_words("en")


def test_page_says_what_it_has_and_leaves_out_what_it_has_not() -> None:
    html = mail_page_html(ASKED, None)
    assert '<html lang="en" dir="ltr">' in html
    assert "<p>Mug &amp; Co</p><h1>Confirm</h1><p>Two lines</p>" in html
    assert '<blockquote lang="he" dir="rtl">News &lt;weekly&gt;</blockquote>' in html
    assert '<form method="post"><button>Yes</button></form>' in html
    bare = mail_page_html(MailPage("Done", "ar"), None)
    assert "<main><h1>Done</h1></main>" in bare
    assert 'dir="rtl"' in bare


@pytest.mark.parametrize("theme", THEMES)
def test_policy_allows_the_page_its_own_style_and_form_alone(theme: Theme | None) -> None:
    html = mail_page_html(ASKED, theme)
    (style,) = re.findall("<style>(.*)</style>", html)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert mail_page_policy(theme) == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "<script" not in html


def test_page_wears_the_shops_colours() -> None:
    assert "--accent:#b0413e;--on_accent:#ffffff;" in mail_page_html(ASKED, THEMES[1])
    assert "--ground:#fffaf5;--text:#33302c;" in mail_page_html(ASKED, THEMES[2])


@pytest.mark.parametrize(("theme", "is_dark_too"), list(zip(THEMES, (True, True, False, False), strict=True)))
def test_page_is_dark_where_the_reader_wants_it_and_the_shop_says_no_other_ground(
    theme: Theme | None, is_dark_too: bool
) -> None:
    assert ("prefers-color-scheme:dark" in mail_page_html(ASKED, theme)) is is_dark_too
