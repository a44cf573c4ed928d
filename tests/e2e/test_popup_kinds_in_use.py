"""What a shopper does with each kind of popup, with the keyboard alone, and what the engine is told of it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.gallery_stage import GalleryStage
from tests.e2e.visit import wait_until, wait_until_old
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

MODALS = ("coupon", "countdown", "products", "wheel", "image", "subscribe")
BESIDE = ("chat", "script", "bar", "nps", "stars", "choice")
FOCUSED_WITHIN = "return document.activeElement?.localName === 'shopbell-root'"


@pytest.fixture
def stage(browser: Browser, engine: EngineProcess) -> Iterator[GalleryStage]:
    with GalleryStage(browser, engine.url) as stage:
        yield stage
        assert stage.harm == []


def test_modal_kinds_keep_the_focus_until_escape_closes_them(stage: GalleryStage) -> None:
    for kind in MODALS:
        stage.show(kind)
        within = []
        for _ in range(12):
            stage.press("Tab")
            within.append(stage.page.evaluate("document.activeElement.localName"))
        # the browser's own buttons come between the last and the first: then the page's body has the focus
        assert set(within) <= {"shopbell-root", "body"}, kind
        stage.press("Escape")
        stage.page.locator("shopbell-root").wait_for(state="detached")
        assert stage.told("popup_close") == [{}], kind


def test_other_kinds_leave_the_focus_alone_until_the_keyboard_comes_to_them(stage: GalleryStage) -> None:
    for kind in BESIDE:
        stage.show(kind)
        assert stage.page.evaluate("document.activeElement.localName") == "body", kind
        stage.press("Tab")
        wait_until(stage.page, FOCUSED_WITHIN)
        stage.press("Escape")
        stage.page.locator("shopbell-root").wait_for(state="detached")
        assert stage.told("popup_close") == [{}], kind


def test_form_says_what_is_wrong_and_then_takes_address_and_consent(stage: GalleryStage) -> None:
    popup = stage.show("subscribe")
    stage.tab_to("E-mail address")
    stage.page.keyboard.type("mei")
    stage.press("Enter")
    popup.get_by_role("alert").get_by_text("Please enter a valid e-mail address").wait_for()
    assert stage.focus == "E-mail address"
    stage.page.keyboard.type("@example.com")
    assert popup.get_by_text("Please enter a valid e-mail address").count() == 0
    stage.press("Enter")
    popup.get_by_role("alert").get_by_text("Please tick the box first").wait_for()
    stage.press("Space", "Enter")
    assert stage.told("popup_submit") == [{"fields": {"email": "mei@example.com", "consent": True}}]
    assert popup.get_by_role("textbox").count() == 0


def test_survey_sends_the_answer_with_its_comment(stage: GalleryStage) -> None:
    popup = stage.show("nps", comment="Why?")
    stage.tab_to("9")
    stage.press("Enter", "Tab")
    stage.page.keyboard.type("Lovely cups")
    stage.press("Tab", "Enter")
    assert stage.told("popup_submit") == [{"fields": {"score": "9", "comment": "Lovely cups"}}]
    assert popup.get_by_role("button", name="9").count() == 0


def test_survey_that_is_closed_before_its_comment_still_counts(stage: GalleryStage) -> None:
    stage.show("stars", comment="Why?")
    stage.tab_to("4 of 5")
    stage.press("Enter", "Escape")
    assert stage.told("popup_submit") == [{"fields": {"score": "4"}}]
    assert stage.told("popup_close") == [{}]


def test_choice_is_told_by_its_place(stage: GalleryStage) -> None:
    stage.show("choice", options=["A gift", "Something for me"], comment=None)
    stage.tab_to("Something for me")
    stage.press("Enter")
    assert stage.told("popup_submit") == [{"fields": {"choice": "1"}}]


def test_wheel_turns_to_the_prize_that_was_given(browser: Browser, engine: EngineProcess) -> None:
    with GalleryStage(browser, engine.url, reduced_motion="reduce") as stage:
        popup = stage.show("wheel", segments=list("abcdef"), prize=2, result="You won c", button="Turn")
        stage.tab_to("Turn")
        stage.press("Enter")
        popup.get_by_role("heading", name="You won c").wait_for()
        turned = "getComputedStyle(document.querySelector('shopbell-root').shadowRoot.querySelector('.dial')).transform"
        # two of six slices back: -120 degrees, of which the cosine is -0.5 and the sine -0.866
        assert stage.page.evaluate(turned).startswith("matrix(-0.5, -0.866025")
        assert stage.told("popup_submit") == [{"fields": {"spun": True}}]


STEPS = {
    "start": {"say": ["Hello"], "options": [{"text": "Shoes", "go": "size"}, {"text": "Sale", "start": True}]},
    "size": {"say": ["Which size?"], "ask": {"name": "size", "type": "number", "placeholder": "Size", "go": "end"}},
    "end": {"say": ["Here you are."], "cards": [{"title": "To the shoes", "url": "/shop/"}]},
}


def test_scripted_chat_goes_on_with_what_is_chosen_and_answered(stage: GalleryStage) -> None:
    popup = stage.show("script", steps=STEPS)
    stage.tab_to("Shoes")
    stage.press("Enter")
    popup.get_by_text("Which size?").wait_for()
    popup.get_by_role("textbox").wait_for()
    stage.tab_to("Which size?")
    stage.page.keyboard.type("many")
    stage.press("Enter")
    popup.get_by_role("alert").get_by_text("Please enter a number").wait_for()
    stage.press("Control+A")
    stage.page.keyboard.type("42,5")
    stage.press("Enter")
    popup.get_by_role("link", name="To the shoes").wait_for()
    assert stage.told("popup_submit") == [{"fields": {"step": "size", "size": 42.5}}]
    assert [each["text"] for each in stage.told("chat_message")] == ["Shoes"]


def test_choice_that_starts_another_popup_is_told_and_makes_room_for_it(stage: GalleryStage) -> None:
    stage.show("script", steps=STEPS)
    stage.tab_to("Sale")
    stage.press("Enter")
    stage.page.locator("shopbell-root").wait_for(state="detached")
    assert stage.told("popup_submit") == [{"fields": {"step": "start", "choice": "1"}}]
    assert stage.told("popup_close") == []


def test_countdown_runs_to_the_end_says_so_and_never_starts_again(stage: GalleryStage) -> None:
    popup = stage.show("countdown", coupon={"code": "KILN10", "expires_ms": 1_200})
    popup.get_by_text("This offer has ended").first.wait_for()
    assert popup.get_by_role("button", name="Copy code").count() == 0
    wait_until_old(stage.page, stage.page.evaluate("performance.now()") + 1_100)
    assert popup.get_by_text("This offer has ended").first.is_visible()
    stage.show("countdown", coupon={"code": "KILN10", "expires_ms": 0})
    popup.get_by_text("This offer has ended").first.wait_for()


def test_bar_follows_the_cart_without_moving(stage: GalleryStage) -> None:
    bar = stage.show("bar", text="{missing} to go")
    before = bar.locator(".words").inner_text()
    stage.page.evaluate("shown.update({ value: 1480, currency: 'TWD' })")
    assert (before, bar.locator(".words").inner_text()) == ("NT$620 to go", "NT$20 to go")
    stage.page.evaluate("shown.update({ value: 1500, currency: 'EUR' })")
    assert bar.locator(".words").inner_text() == "NT$20 to go"
    stage.page.evaluate("shown.update({ value: 1500, currency: 'TWD' })")
    assert "NT$" not in bar.locator(".words").inner_text()


def test_card_of_a_product_leads_to_it_and_is_counted(stage: GalleryStage) -> None:
    popup = stage.show("products", products=[{"id": "1", "name": "A mug", "url": "#mug"}])
    popup.get_by_role("link", name="A mug").click()
    assert stage.told("popup_click") == [{}]
    assert stage.page.url.endswith("#mug")
    assert popup.count() == 0
