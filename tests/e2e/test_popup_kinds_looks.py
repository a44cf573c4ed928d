"""Every kind of popup on a phone, a tablet and a desktop: it fits, can be touched and read, and moves nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from engine.demo.gallery import KINDS
from tests.e2e.gallery_stage import GalleryStage
from tests.e2e.test_accessibility import AXE, STYLES
from tests.engine_process import EngineProcess

pytestmark = pytest.mark.e2e

HEIGHT = 740
MEASURE = """() => {
  const root = document.querySelector('shopbell-root').shadowRoot;
  const box = (element) => element.getBoundingClientRect();
  const { left, right, top, bottom, height } = box(root.querySelector('.panel'));
  const name = (target) => target.innerText || target.ariaLabel || target.id;
  const size = (target) => Math.min(box(target).width, box(target).height);
  const targets = [...root.querySelectorAll('button,a,label,input:not([type=checkbox])')];
  return {
    inside: left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight,
    share: height / innerHeight,
    small: targets.filter((target) => target.checkVisibility() && size(target) < 43.9).map(name),
  };
}"""


@dataclass(frozen=True, slots=True)
class Device:
    """A screen, and what its shopper reads; the languages are those that are hard to set."""

    width: int
    language: str
    scheme: str


DEVICES = (Device(360, "th", "light"), Device(768, "ar", "dark"), Device(1440, "zh-TW", "light"))


@pytest.fixture(params=DEVICES, ids=lambda device: f"{device.width}px")
def device(request: pytest.FixtureRequest) -> Device:
    chosen: Device = request.param
    return chosen


@pytest.fixture
def stage(browser: Browser, engine: EngineProcess, device: Device) -> Iterator[GalleryStage]:
    size = {"width": device.width, "height": HEIGHT}
    with GalleryStage(browser, engine.url, viewport=size, color_scheme=device.scheme) as stage:
        yield stage


def wrong_by_axe(page: Page) -> dict[str, Any]:
    """Return what axe finds wrong with the popup of a page, by rule."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run('shopbell-root', {resultTypes: ['violations']})")
    return {each["id"]: [node["html"] for node in each["nodes"]] for each in found["violations"]}


def test_every_kind_fits_can_be_touched_moves_nothing_and_pleases_axe(stage: GalleryStage, device: Device) -> None:
    most = 0.5 if device.width < 480 else 1
    wrong: dict[str, Any] = {}
    for kind in KINDS:
        stage.show(kind, device.language)
        measured = stage.page.evaluate(MEASURE)
        harm = stage.harm  # before axe: what that asks of the policy is not the popup's
        found = {
            "leaves the screen": not measured["inside"],
            "takes more of the screen than it may": measured["share"] > (0.3 if kind == "bar" else most),
            "cannot be touched": measured["small"],
            "does harm": harm,
            "displeases axe": wrong_by_axe(stage.page),
        }
        wrong[kind] = {what: each for what, each in found.items() if each}
    wrong = {kind: each for kind, each in wrong.items() if each}
    assert wrong == {}, json.dumps(wrong, indent=2, ensure_ascii=False)


def test_nothing_moves_for_a_shopper_who_asked_for_less_motion(browser: Browser, engine: EngineProcess) -> None:
    with GalleryStage(browser, engine.url, reduced_motion="reduce") as stage:
        for kind in KINDS:
            stage.show(kind)
            moves = [style for style in stage.page.evaluate(STYLES) if style != ["none", "0s"]]
            assert (kind, moves) == (kind, [])


def test_themes_of_light_accents_and_dark_grounds_can_be_read(browser: Browser, engine: EngineProcess) -> None:
    wrong = {}
    with GalleryStage(browser, engine.url) as stage:
        for kind, theme in (("chat", "sun"), ("countdown", "sun"), ("wheel", "night"), ("subscribe", "night")):
            stage.show(kind, theme=theme)
            wrong[kind] = wrong_by_axe(stage.page)
    assert {kind: each for kind, each in wrong.items() if each} == {}


def test_gallery_of_all_kinds_is_no_wider_than_the_screen(stage: GalleryStage, device: Device) -> None:
    stage.page.goto("/gallery/", wait_until="domcontentloaded")
    assert stage.page.evaluate("document.documentElement.scrollWidth") == device.width
