"""The look of popups: colours that can be read, and those that are refused."""

from __future__ import annotations

import pytest

from engine.core.popup import render
from engine.core.themes import Theme, contrast, text_on
from tests.core.reading import a_rule, problem, problems, read, read_one, read_site


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#ffffff", 1),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_text_on_an_accent_can_always_be_read() -> None:
    colours = [
        f"#{red:02x}{green:02x}{blue:02x}"
        for red in range(0, 256, 51)
        for green in range(0, 256, 51)
        for blue in range(0, 256, 51)
    ]
    assert min(contrast(each, text_on(each)) for each in colours) >= 4.5
    assert (text_on("#b0413e"), text_on("#ffd400")) == ("#ffffff", "#000000")


def test_theme_as_the_renderer_takes_it() -> None:
    site = (
        "theme: {accent: '#B04', ground: '#fffaf5', text: '#33302c', radius: 12, font: serif, side: left, dark: never}"
    )
    rule = read_one(a_rule(), site)
    theme = render(rule.shows[0], lambda _: None, "en", read_site(site))["theme"]
    assert theme.pop("font").startswith("ui-serif,Georgia")
    assert theme == {
        "accent": "#bb0044",
        "on_accent": "#ffffff",
        "ground": "#fffaf5",
        "text": "#33302c",
        "soft": "#706d68",
        "tint": "#f5f0eb",
        "line": "#e0dcd7",
        "radius": 12,
        "side": "left",
        "dark": "never",
    }


def test_small_print_moves_towards_the_text_until_it_can_be_read() -> None:
    colours = Theme(ground="#ffffff", text="#707070").colours
    assert colours["soft"] == colours["text"]
    assert contrast(Theme(text="#444444").colours["soft"], Theme(text="#444444").colours["tint"]) >= 4.5


def test_theme_without_colours_leaves_them_to_the_renderer() -> None:
    assert read_site("theme: {radius: 0, font: system}").theme == Theme(radius=0, font="system")
    assert Theme(radius=0, font="system").as_json() == {"radius": 0}
    assert Theme(accent="#000000").as_json() == {"accent": "#000000", "on_accent": "#ffffff"}


@pytest.mark.parametrize(
    ("theme", "said"),
    [
        ("{text: '#777'}",
         "1:15: text #777777 on ground #ffffff (the default) has a contrast of 4.22:1, expected 4.5:1 or more"),
        ("{ground: '#222'}",
         "1:17: text #222222 (the default) on ground #222222 has a contrast of 1.00:1, expected 4.5:1 or more"),
        ("{accent: red}", "1:17: 'red': expected a colour such as '#b0413e'"),
        ("{accent: '#12345'}", "1:17: '#12345': expected a colour such as '#b0413e'"),
        ("{accent: }", "1:17: expected a colour such as '#b0413e', in quotes, found nothing"),
        ("{radius: 99}", "1:17: '99': expected a number from 0 to 24"),
        ("{radius: round}", "1:17: expected a whole number such as 3, found 'round'"),
        ("{font: comic}", "1:15: unknown font 'comic', expected one of system, serif, rounded, mono"),
        ("{side: top}", "1:15: unknown side 'top', expected one of right, left"),
        ("{dark: always}", "1:15: unknown dark 'always', expected one of auto, never"),
        ("{acent: '#000'}",
         "1:9: unknown key of the theme 'acent', expected one of accent, ground, text, radius, ... "
         "(did you mean 'accent'?)"),
    ],
)  # fmt: skip
def test_theme_that_cannot_be_is_refused_with_a_sentence(theme: str, said: str) -> None:
    assert problem("", f"theme: {theme}") == f"site.yaml:{said}"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("feeds: [a]", "1:8: expected a mapping of names to feeds, found a list"),
        ("feeds: {new: {every: 5m}}", "1:14: expected 'url:', where the JSON is, with https:"),
        ("feeds: {new: {url: []}}", "1:20: expected an address with https:, found a list"),
        ("feeds: {new: {url: 'ftp://a'}}", "1:20: 'ftp://a': expected an address with https:, without a user's name"),
        ("feeds: {new: {url: 'https://me@a.example'}}",
         "1:20: 'https://me@a.example': expected an address with https:, without a user's name"),
        ("feeds: {new: {url: 'https://a.example/', every: 5s}}", "1:49: '5s': a feed is read once a minute at most"),
        ("feeds: {recently_viewed: {url: 'https://a.example/'}}",
         "1:9: 'recently_viewed': a feed's name is at most 40 small letters, digits, '-' and '_', not recently_viewed"),
        ("channels: {line: shop}", "1:18: 'shop': expected a LINE ID such as @shop"),
        ("channels: {messenger: []}", "1:23: expected the name of a page such as my.shop, found a list"),
        ("channels: {telegram: a}", "1:12: unknown channel 'telegram', expected one of line, messenger"),
    ],
)  # fmt: skip
def test_feeds_and_channels_that_cannot_be_are_refused(settings: str, said: str) -> None:
    assert problem("", settings) == f"site.yaml:{said}"


def test_feeds_are_bounded_in_number() -> None:
    feeds = ", ".join(f"f{n}: {{url: 'https://a.example/'}}" for n in range(21))
    assert problems("", f"feeds: {{{feeds}}}") == ["site.yaml:1:8: 21 feeds exceed limit of 20"]


def test_feeds_and_channels_of_a_site() -> None:
    site = read("", "{feeds: {new: {url: 'https://a.example/n.json', every: 1h}}, channels: {line: '@shop'}}").site
    assert (site.feeds["new"].url, site.feeds["new"].every_ms) == ("https://a.example/n.json", 3_600_000)
    assert site.channels == {"line": "@shop"}
