"""The pages behind the links in mails: read by everybody, on any screen, with nothing but a button."""

import asyncio
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from engine.app import DEMO_SITE
from engine.core.mail_texts import mail_words
from engine.edge.database import database_url, open_database
from engine.edge.subscribers import Consent, Origin, Subscribers
from tests.e2e.test_accessibility import AXE
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

MEASURE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const { left, right } = document.querySelector("main").getBoundingClientRect();
  const low = [...document.querySelectorAll("button")].filter((each) => each.getBoundingClientRect().height < 44);
  return { sideways: scrollWidth > clientWidth, outside: left < 0 || right > innerWidth, low: low.length };
}"""
WHOLE = {"sideways": False, "outside": False, "low": 0}
CONSENT = {
    "en": "Write to me about new mugs, at most twice a month. I can leave at any time by a link in each mail.",
    "zh-TW": "請把新品和優惠寄給我，每月最多兩封。我可以隨時透過信中的連結取消訂閱。",
    "ar": "أرسلوا إليّ أخبار الأكواب الجديدة، مرتين في الشهر على الأكثر. يمكنني المغادرة في أي وقت.",
}


@dataclass(frozen=True)
class Reader:
    """Somebody who opens a mail, somewhere."""

    language: str
    width: int
    scheme: str


READERS = (Reader("en", 1280, "light"), Reader("zh-TW", 320, "dark"), Reader("ar", 360, "light"))


def subscribe(engine: EngineProcess, language: str) -> str:
    """Have an address that is to be confirmed; return the token of its links."""
    now_ms, token = time.time_ns() // 1_000_000, f"a-token-for-{language}"

    async def put() -> None:
        database = open_database(database_url(None, engine.data))
        origin = Origin(DEMO_SITE, "v" * 26, "news", f"f_{language}", now_ms)
        await Subscribers(database, lambda: token).subscribe(f"{language}@shop.example", _consent(language), origin)
        await database.dispose()

    # in a thread of its own: Playwright has an event loop running here
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, put()).result()
    return token


def _consent(language: str) -> Consent:
    return Consent(CONSENT[language], language)


@pytest.fixture(params=READERS, ids=lambda reader: reader.language)
def reader(request: pytest.FixtureRequest) -> Reader:
    chosen: Reader = request.param
    return chosen


@pytest.fixture
def page(browser: Browser, engine: EngineProcess, reader: Reader) -> Iterator[Page]:
    context = browser.new_context(
        base_url=engine.url, locale=reader.language, viewport={"width": reader.width, "height": 640},
        color_scheme="dark" if reader.scheme == "dark" else "light",
    )  # fmt: skip
    yield context.new_page()
    context.close()


def check(page: Page, title: str) -> None:
    """The page says this, fits its screen, can be touched, and axe finds nothing wrong with it."""
    assert page.get_by_role("heading").inner_text() == title
    assert page.evaluate(MEASURE) == WHOLE
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    wrong = {each["id"]: [node["html"] for node in each["nodes"]] for each in found["violations"]}
    assert wrong == {}, json.dumps(wrong, indent=2, ensure_ascii=False)


def test_mail_leads_to_pages_that_everybody_can_read_and_press(
    page: Page, engine: EngineProcess, reader: Reader
) -> None:
    words = mail_words(reader.language)
    token = subscribe(engine, reader.language)
    for path, asked, button, done in (
        ("confirm", "confirm", "yes", "confirmed"),
        ("unsubscribe", "leave", "leave_button", "left"),
    ):
        page.goto(f"/v1/subscribers/{path}?token={token}")
        check(page, words[asked])
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == words[button]
        page.keyboard.press("Enter")
        page.get_by_role("heading", name=words[done]).wait_for()
        check(page, words[done])
    page.goto("/v1/subscribers/confirm?token=nobodys")
    check(page, words["gone"])
