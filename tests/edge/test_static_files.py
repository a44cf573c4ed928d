"""The snippet as a browser gets it."""

import json
from pathlib import Path

import httpx
import pytest

from engine.edge.shipped_files import snippet_folder
from engine.edge.static_files import BadSnippet, best_encoding, snippet_router
from tests.browser import a_browser

RENDERER = "p.0123456789.js"
CHUNK = "k.bar.0123456789.js"
PART = "o.0123456789.js"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("s.js", RENDERER, CHUNK, PART):
        (tmp_path / name).write_text(f"plain {name}")
        (tmp_path / f"{name}.br").write_text(f"br {name}")
        (tmp_path / f"{name}.gz").write_text(f"gzip {name}")
    (tmp_path / "manifest.json").write_text(json.dumps({"core": "s.js", "popups": RENDERER, "chunks": [PART, CHUNK]}))
    return tmp_path


@pytest.fixture
def browser(folder: Path) -> httpx.AsyncClient:
    return a_browser(snippet_router(folder))


async def test_snippet_may_be_used_by_any_page_and_is_cached_for_an_hour(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/s.js", headers={"Accept-Encoding": "identity"})
    assert answer.status_code == 200
    assert answer.text == "plain s.js"
    expected = {
        "content-type": "text/javascript; charset=utf-8",
        "cache-control": "public, max-age=3600",
        "x-content-type-options": "nosniff",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "vary": "Accept-Encoding",
        "content-length": "10",
    }
    assert {name: answer.headers[name] for name in expected} == expected
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("name", [RENDERER, CHUNK, PART])
async def test_script_under_its_hashed_name_is_cached_for_ever(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/{name}", headers={"Accept-Encoding": "identity"})
    assert answer.text == f"plain {name}"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_chunk_of_before_an_upgrade_is_not_there(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/k.bar.9999999999.js")).status_code == 404


@pytest.mark.parametrize("name", [RENDERER, PART])
async def test_script_of_before_an_upgrade_gets_the_parts_of_now(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/{name[0]}.9999999999.js", headers={"Accept-Encoding": "identity"})
    assert answer.text == f"plain {name}"
    assert answer.headers["cache-control"] == "no-cache"


async def test_file_beside_the_scripts_is_not_there(browser: httpx.AsyncClient) -> None:
    for path in ("/manifest.json", "/s.js.br", "/../secret.key", "/%2e%2e/secret.key"):
        assert (await browser.get(path)).status_code == 404


async def test_browser_that_has_the_script_is_told_so(browser: httpx.AsyncClient) -> None:
    etag = (await browser.get("/s.js", headers={"Accept-Encoding": "identity"})).headers["etag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        again = await browser.get("/s.js", headers={"Accept-Encoding": "identity", "If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)


async def test_each_encoding_has_a_tag_of_its_own(browser: httpx.AsyncClient) -> None:
    tags = {
        (await browser.request("HEAD", "/s.js", headers={"Accept-Encoding": encoding})).headers["etag"]
        for encoding in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


async def test_head_tells_the_length_without_the_body(browser: httpx.AsyncClient) -> None:
    answer = await browser.head("/s.js", headers={"Accept-Encoding": "br"})
    assert (answer.headers["content-encoding"], answer.headers["content-length"]) == ("br", "7")
    assert answer.content == b""


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, BR;q=0.1", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br; q=0.0, gzip; q=0", "identity"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("br;q=0, *", "gzip"),
        ("deflate", "identity"),
        ("", "identity"),
        (",;,=", "identity"),
    ],
)
def test_smallest_form_that_the_browser_takes_is_sent(accepted: str, encoding: str) -> None:
    assert best_encoding(accepted, {"identity": b"", "br": b"", "gzip": b""}) == encoding


@pytest.mark.parametrize("missing", ["manifest.json", "s.js", f"{RENDERER}.br", f"{CHUNK}.gz"])
def test_snippet_that_is_not_whole_is_refused(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(BadSnippet, match=f"is not whole: .*{missing}"):
        snippet_router(folder)


def test_manifest_that_names_no_scripts_is_refused(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")
    with pytest.raises(BadSnippet, match=r"is not whole: manifest\.json: 'core'"):
        snippet_router(folder)


def test_built_snippet_of_this_checkout_is_whole() -> None:
    snippet_router(snippet_folder())
