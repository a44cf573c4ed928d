"""The plain kinds of popup, read and checked: coupon, bar, countdown, image, products, subscribe and survey."""

from __future__ import annotations

from typing import Any

from engine.core.facts import FREE_SHIPPING
from engine.core.node_reading import Key, count, one_of, read_word, refuse
from engine.core.placeholders import Texts, readings
from engine.core.popup_parts import RECENTLY_VIEWED, Channel, Label, Private, Progress, Section, Shelf
from engine.core.popup_reading import COUPON_KEYS, PopupReader
from engine.core.references import Reference
from engine.core.yaml_nodes import Node, Table

Content = dict[str, Any]

_BUTTON = Key("button", "a link, `{text, url}`, or `{text, start: RULE}`")
_COUPON = Key("coupon", "the name of a code or pool, or `{pool, code, value, expires}`")
_TITLE = Key("title", "the headline", required=True)
_TEXT = Key("text", "a sentence below it")

COUPON_POPUP_KEYS = (_TITLE, _TEXT, *COUPON_KEYS, _BUTTON)
BAR_KEYS = (
    Key("text", "one line; `{{cart.missing_for_free_shipping}}` in it follows the cart", required=True),
    Key("done", "what is said once the cart ships free"),
    Key("position", "`top` or `bottom`; `bottom` if absent"),
    _COUPON,
    _BUTTON,
)
COUNTDOWN_KEYS = (
    _TITLE,
    _TEXT,
    Key("coupon", "`{pool, expires}`: the time runs to the end of this very code", required=True),
    _BUTTON,
)
IMAGE_KEYS = (
    Key("src", "the picture: a path, or an https: address", required=True),
    Key("alt", "what it shows, for who cannot see it", required=True),
    Key("width", "its width in pixels", required=True),
    Key("height", "its height in pixels", required=True),
    Key("url", "where it leads"),
    Key("title", "a headline above it"),
)
PRODUCTS_KEYS = (
    _TITLE,
    _TEXT,
    Key("from", "`recently_viewed`, or a feed of `site.yaml`", required=True),
    Key("most", "at most so many, 1 to 12; `6` if absent"),
)
SURVEY_KEYS = (
    Key("question", "what is asked", required=True),
    Key("scale", "`nps` (0 to 10), `stars` (1 to 5) or `choice`; `choice` where there are options, else `nps`"),
    Key("options", "the answers of a `choice`, 2 to 8"),
    Key("low", "what the lowest number means"),
    Key("high", "what the highest number means"),
    Key("comment", "what stands in an empty field for a comment; no field if absent"),
    Key("thanks", "what is said to an answer"),
    Key("field", "the visitor's field that keeps the answer"),
    _COUPON,
)
SUBSCRIBE_KEYS = (
    _TITLE,
    _TEXT,
    Key("consent", "what the shopper agrees to; with it the popup asks for an e-mail address"),
    Key("placeholder", "what stands in the empty field"),
    Key("button", "what the button says"),
    Key("thanks", "what is said to who has subscribed"),
    Key("channels", "links to be reached by, `[line, messenger]`, or `{line: TEXT}`; `site.yaml` names the accounts"),
    _COUPON,
)

CHANNELS = ("line", "messenger")
_LARGEST_PICTURE = 4_096
_MOST_PRODUCTS = 12


def read_coupon_popup(node: Node, reader: PopupReader) -> Content:
    """Read a coupon in the middle of the page."""
    entries = reader.table(node, COUPON_POPUP_KEYS, "key of a coupon")
    reader.has_coupon = True
    reader.coupon = reader.coupon_of(node, entries)
    return {**reader.given_texts(entries, "title", "text"), "coupon": reader.coupon, **reader.button(entries)}


def read_bar(node: Node, reader: PopupReader) -> Content:
    """Read a line at the edge of the page."""
    entries = reader.table(node, BAR_KEYS, "key of a bar")
    coupon = reader.take_coupon(entries)
    content: Content = reader.given_texts(entries, "text")
    position = None
    if "position" in entries:
        position = one_of(entries["position"], "position", ("top", "bottom"), reader.problems)
    content["position"] = position or "bottom"
    follows = any(each.fact.name == FREE_SHIPPING for each in readings(content.get("text", {})))
    if follows or "done" in entries:
        content["progress"] = Progress(reader.text(entries.get("done")) or Label("free_shipping"))
    return content | coupon | reader.button(entries)


def read_countdown(node: Node, reader: PopupReader) -> Content:
    """Read the time that is left. It is the coupon's own: one that starts anew would be a lie."""
    entries = reader.table(node, COUNTDOWN_KEYS, "key of a countdown")
    coupon = reader.take_coupon(entries)
    if reader.coupon is not None and reader.coupon.expires_ms is None:
        at = entries["coupon"]
        reader.problems.add(at.line, at.column, "a countdown runs to the end of its coupon, expected 'expires:' in it")
    return {**reader.given_texts(entries, "title", "text"), **coupon, **reader.button(entries)}


def read_image(node: Node, reader: PopupReader) -> Content:
    """Read a picture. Its size keeps the page from jumping when it comes."""
    entries = reader.table(node, IMAGE_KEYS, "key of an image")
    image: Content = {"src": reader.picture(entries["src"])} if "src" in entries else {}
    image |= reader.given_texts(entries, "alt")
    for side in ("width", "height"):
        if side in entries:
            image[side] = _between(entries[side], reader, 1, _LARGEST_PICTURE)
    content: Content = reader.given_texts(entries, "title")
    return content | {"image": Section(image)} | reader.way_on(entries, "url")


def read_products(node: Node, reader: PopupReader) -> Content:
    """Read cards of products; which they are is known when they are shown."""
    entries = reader.table(node, PRODUCTS_KEYS, "key of products")
    content: Content = reader.given_texts(entries, "title", "text")
    most = _between(entries["most"], reader, 1, _MOST_PRODUCTS) if "most" in entries else 6
    source = None
    if "from" in entries:
        at = entries["from"]
        source = read_word(at, f"{RECENTLY_VIEWED}, or the name of a feed", reader.problems)
        if source is not None and source != RECENTLY_VIEWED:
            reader.references.append(Reference("feed", source, at.line, at.column))
    return content | {"products": Shelf(source or "", most or 6)}


def read_survey(node: Node, reader: PopupReader) -> Content:
    """Read one question."""
    entries = reader.table(node, SURVEY_KEYS, "key of a survey")
    coupon = reader.take_coupon(entries)
    scale = "choice" if "options" in entries else "nps"
    if "scale" in entries:
        scale = one_of(entries["scale"], "scale", ("nps", "stars", "choice"), reader.problems) or scale
    if ("options" in entries) != (scale == "choice"):
        at = entries.get("options", node)
        what = f"a survey by {scale} has no options" if "options" in entries else "expected 'options:', the answers"
        reader.problems.add(at.line, at.column, what)
    content: Content = {**reader.given_texts(entries, "question"), "scale": scale}
    if "options" in entries:
        options = reader.several(entries["options"], "options", "survey", 2, 8)
        content["options"] = tuple(texts for each in options if (texts := reader.text(each)) is not None)
    content |= reader.given_texts(entries, "low", "high", "comment")
    content["thanks"] = reader.text(entries.get("thanks")) or Label("thanks")
    if "field" in entries:
        content["field"] = Private(reader.field(entries["field"]) or "")
    return content | coupon


def read_subscribe(node: Node, reader: PopupReader) -> Content:
    """Read a form for an address, links to messengers, or both."""
    entries = reader.table(node, SUBSCRIBE_KEYS, "key of a subscription")
    coupon = reader.take_coupon(entries)
    content: Content = reader.given_texts(entries, "title", "text", "placeholder", "consent")
    if "consent" in entries:
        content.setdefault("placeholder", Label("email"))
        content["button"] = reader.text(entries.get("button")) or Label("subscribe")
        content["thanks"] = reader.text(entries.get("thanks")) or Label("thanks")
    elif isinstance(node, Table):
        _refuse_form_without_consent(node, entries, reader)
    if "channels" in entries:
        content["channels"] = tuple(_channels(entries["channels"], reader))
    return content | coupon


def _refuse_form_without_consent(node: Node, entries: dict[str, Node], reader: PopupReader) -> None:
    form = [name for name in ("placeholder", "button", "thanks") if name in entries]
    if form or "channels" not in entries:
        at = entries[form[0]] if form else node
        reader.problems.add(
            at.line, at.column, "expected 'consent:', what the shopper agrees to with an e-mail address"
        )


def _channels(node: Node, reader: PopupReader) -> list[Channel]:
    named: list[tuple[Node, Texts | None]]
    if isinstance(node, Table):
        named = [(key, reader.text(value)) for key, value in node.entries]
    else:
        named = [(each, None) for each in reader.several(node, "channels", "subscription", 1, 2)]
    channels = []
    for at, texts in named:
        kind = one_of(at, "channel", CHANNELS, reader.problems)
        if kind is not None:
            reader.references.append(Reference("channel", kind, at.line, at.column))
            channels.append(Channel(kind, texts or Label(kind)))
    return channels


def _between(node: Node, reader: PopupReader, least: int, most: int) -> int | None:
    number = count(node, reader.problems)
    if number is not None and not least <= number <= most:
        refuse(node, f"expected a number from {least} to {most}", reader.problems)
        return None
    return number
