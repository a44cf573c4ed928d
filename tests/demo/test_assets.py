from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response

from engine.demo.assets import Assets, load_assets
from tests.demo.shopper import Browser


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.css").write_text("a { color: red }")
    (tmp_path / "secret.txt").write_text("not for everybody")
    return load_assets(tmp_path, "/static")


@pytest.fixture
def browser(assets: Assets) -> Browser:
    app = FastAPI()

    @app.get("/static/{name:path}")
    def static(request: Request, name: str) -> Response:
        return assets.respond(request, name)

    return Browser(app)


def test_a_file_asked_for_by_its_own_address_may_be_kept_for_good(browser: Browser, assets: Assets) -> None:
    answer = browser.ask("GET", assets.url("deep/a.css"))
    assert answer.text == "a { color: red }"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("address", ["/static/deep/a.css", "/static/deep/a.css?v=older"])
def test_by_another_address_it_must_be_asked_for_again(browser: Browser, address: str) -> None:
    assert browser.ask("GET", address).headers["cache-control"] == "public, no-cache"


def test_who_has_it_already_is_told_so(browser: Browser) -> None:
    tag = browser.ask("GET", "/static/deep/a.css").headers["etag"]
    assert browser.ask("GET", "/static/deep/a.css", headers={"If-None-Match": tag}).status_code == 304


def test_it_is_compressed_only_for_who_accepts_that(browser: Browser) -> None:
    plain = browser.ask("GET", "/static/deep/a.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert browser.ask("GET", "/static/deep/a.css").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("name", ["secret.txt", "../secret.txt", "..%2fsecret.txt", "%2e%2e/deep/a.css", "deep", ""])
def test_only_files_of_our_kinds_can_be_asked_for(browser: Browser, name: str) -> None:
    assert browser.ask("GET", f"/static/{name}").status_code == 404
