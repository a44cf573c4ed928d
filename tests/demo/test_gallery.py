"""The gallery shows every kind of popup in every look and language."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from httpx import ASGITransport, AsyncClient, BasicAuth, Response

from engine.core.popup_file import SHOW_KINDS
from engine.core.themes import LEAST_CONTRAST, Theme
from engine.demo.gallery import KINDS, LANGUAGES, THEMES, gallery_router, popup_of, rules_in, texts_of
from engine.edge.browser_key import key_in_browser
from engine.edge.shipped_files import snippet_folder
from engine.edge.static_files import renderer_address


def opened(path: str, own: Theme | None = None, guards: Any = (), **more: Any) -> Response:
    """Open a page of the gallery."""
    app = FastAPI()
    app.include_router(gallery_router("/p.js", lambda _site: own, guards))

    async def get() -> Response:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://a.example") as client:
            return await client.get(path, **more)

    return asyncio.run(get())


def popup_in(page: Response) -> dict[str, Any]:
    """Return the popup that a page of the gallery opens."""
    written = re.search(r'id="popup">(.*?)</script>', page.text)
    assert written is not None
    popup: dict[str, Any] = json.loads(written[1])
    return popup


def test_every_kind_is_shown() -> None:
    assert {popup_of(kind, "en", None)["kind"] for kind in KINDS} == {each.name for each in SHOW_KINDS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_popup_is_in_every_language(language: str) -> None:
    assert set(texts_of(language)) == set(texts_of("en"))
    assert rules_in(language).warnings == ()
    assert {popup_of(kind, language, None)["lang"] for kind in KINDS} == {language}


@pytest.mark.parametrize(
    "theme", [each for each in THEMES.values() if each], ids=[name for name in THEMES if name != "plain"]
)
def test_every_look_can_be_read(theme: Theme) -> None:
    assert theme.text_contrast >= LEAST_CONTRAST


def test_index_frames_every_kind_on_a_phone_and_on_a_desktop() -> None:
    page = opened("/gallery/?theme=forest&language=ja")
    frames = re.findall(r'<iframe[^>]+src="([^"]+)"', page.text)
    assert len(frames) == 2 * len(KINDS)
    assert all("theme=forest&amp;language=ja" in each for each in frames)


def test_what_the_address_asks_for_and_is_not_there_is_the_first() -> None:
    assert popup_in(opened("/gallery/popup?kind=bar&theme=nope&language=nope"))["lang"] == "en"
    assert "theme" not in popup_in(opened("/gallery/popup?kind=bar&theme=nope"))
    assert opened("/gallery/popup?kind=nope").status_code == 404


def test_the_shops_own_look_comes_first() -> None:
    own = Theme(accent="#123456")
    assert popup_in(opened("/gallery/popup?kind=bar", own))["theme"]["accent"] == "#123456"
    assert '<option value="own" selected>' in opened("/gallery/", own).text


def test_popup_stands_in_a_page_with_a_strict_policy() -> None:
    page = opened("/gallery/popup?kind=wheel&language=ar&theme=night")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "trusted-types 'none'" in policy
    assert "unsafe" not in policy
    assert 'dir="rtl"' in page.text
    assert 'data-renderer="/p.js"' in page.text
    assert popup_in(page)["theme"]["accent"] == "#7cc4ff"


def test_every_file_that_a_page_names_is_there() -> None:
    pages = [opened("/gallery/").text, *(opened(f"/gallery/popup?kind={kind}").text for kind in ("script", "image"))]
    named = {each for page in pages for each in re.findall(r'"(/gallery/static/[^"]+)"', page)}
    assert len(named) >= 7
    assert {opened(each).status_code for each in named} == {200}


def test_renderer_is_the_one_that_was_built() -> None:
    assert re.fullmatch(r"/p\.[0-9a-f]+\.js", renderer_address(snippet_folder()))


async def _site_of(secret: str) -> str | None:
    return "pk_a" if secret == "sk_right" else None


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("Bearer sk_right", 401),
        ("Basic !!", 401),
        ("Basic //79", 401),
        ("Basic " + "b3BlcmF0b3I6c2tfd3Jvbmc=", 401),
        ("Basic " + "b3BlcmF0b3I6c2tfcmlnaHQ=", 200),
    ],
)
def test_gallery_of_a_shop_is_for_who_has_its_secret_key(header: str | None, status: int) -> None:
    headers = {} if header is None else {"Authorization": header}
    page = opened("/gallery/", guards=[Depends(key_in_browser(_site_of))], headers=headers)
    assert page.status_code == status
    assert ("www-authenticate" in page.headers) == (status == 401)


def test_browser_sends_the_key_as_a_password() -> None:
    guard = Depends(key_in_browser(_site_of))
    assert opened("/gallery/", guards=[guard], auth=BasicAuth("operator", "sk_right")).status_code == 200
