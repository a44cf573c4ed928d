"""
The shop's own host over TLS, with the path of the docs that leads to the engine: Chromium, nginx, the HttpOnly cookie.

Safari empties what scripts have stored after seven days without a visit; so does the test.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from engine.edge.first_party_cookie import NAME
from tests.e2e.shop import Shop, site_key
from tests.e2e.visit import Visit, visitor_of, wait_until_told
from tests.engine_process import EngineProcess
from tests.live.test_own_host import PATHS, a_port, answers, block_of
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

OPENSSL = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
CONF = """
daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}
http {{
  log_format seen '$request_uri $http_cookie'; access_log {folder}/seen.log seen; {temp}
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    location / {{ proxy_pass {shop}; }}
    {bell}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class OwnHost:
    """``url`` is the shop's, over TLS; what nginx was asked stands in ``log``."""

    url: str
    log: Path

    def asked(self, start: str) -> list[tuple[str, str]]:
        """Return the addresses that begin so, and what cookies came along."""
        lines = [line.partition(" ") for line in self.log.read_text().splitlines()]
        return [(address, cookie) for address, _, cookie in lines if address.startswith(start)]


@pytest.fixture(scope="module")
def own_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnHost]:
    """Shop, engine and nginx; the configuration is that of the docs."""
    folder, port = tmp_path_factory.mktemp("own-host"), a_port()
    url = f"https://localhost:{port}"
    certificate = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run([*OPENSSL.split(), *certificate], check=True, capture_output=True)
    engine = EngineProcess(folder, "--cookie-path", "/bell")
    key = site_key(engine.data, url)
    with engine, Shop() as shop:
        shop.tag = f'<script async src="{url}/bell/s.js" data-site="{key}" data-cookie></script>'
        temp = " ".join(f"{each}_temp_path {folder};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        bell = block_of("location").replace("http://127.0.0.1:8000", engine.url)
        text = CONF.format(folder=folder, temp=temp, port=port, shop=shop.url, bell=bell)
        (folder / "nginx.conf").write_text(text)
        with Nginx(folder):
            wait_for(lambda: answers(port), 20)
            yield OwnHost(url, folder / "seen.log")


class Nginx:
    """The proxy, there inside the ``with`` block."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:{PATHS}")
        assert program is not None, "there is no nginx, tools/need-proxies installs it"
        self._command = [program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]

    def __enter__(self) -> None:
        self._process = subprocess.Popen(self._command, stderr=subprocess.DEVNULL)

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(10)


@pytest.fixture
def shopper(browser: Browser, own_host: OwnHost) -> Iterator[Visit]:
    with Visit(browser, own_host.url, ignore_https_errors=True) as visit:
        yield visit


def come(shopper: Visit, path: str = "/") -> tuple[Page, str]:
    """Open a page in a tab of its own; return it, and who the engine says it is."""
    page = shopper.new_tab()
    page.goto(path)
    wait_until_told(page)
    return page, visitor_of(page)


def cookie_of(context: BrowserContext) -> dict[str, object] | None:
    """Return the cookie of ours that the browser keeps."""
    return next((dict(each) for each in context.cookies() if each["name"] == NAME), None)


def forget_storage(page: Page) -> None:
    """Do what Safari does after seven days."""
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
    page.close()


def test_visitor_is_known_by_the_cookie_when_the_storage_was_emptied(shopper: Visit, own_host: OwnHost) -> None:
    page, visitor = come(shopper)
    cookie = wait_for(lambda: cookie_of(page.context))
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Lax", "/bell")
    assert page.evaluate("document.cookie") == ""
    context = page.context
    forget_storage(page)
    page, again = come(shopper, "/cart")
    assert again == visitor
    forget_storage(page)
    context.clear_cookies()  # the page is gone: it asks for no cookie any more
    _, stranger = come(shopper)
    assert stranger != visitor
    assert (shopper.said, shopper.thrown) == ([], [])


def test_cookie_goes_to_no_other_path_and_with_no_other_site(shopper: Visit, own_host: OwnHost) -> None:
    page, _ = come(shopper)
    wait_for(lambda: cookie_of(page.context))
    page.goto("/bellows")
    wait_until_told(page)
    page.goto(own_host.url.replace("localhost", "127.0.0.1") + "/elsewhere")
    address = f"{own_host.url}/bell/healthz?from=elsewhere"
    page.evaluate(f"fetch('{address}', {{mode: 'no-cors', credentials: 'include'}}).then(() => 1)")
    wait_for(lambda: any(NAME in cookie for _, cookie in own_host.asked("/bell/v1/stream")))
    assert own_host.asked("/bellows") == [("/bellows", "-")]
    assert own_host.asked("/bell/healthz") == [("/bell/healthz?from=elsewhere", "-")]
