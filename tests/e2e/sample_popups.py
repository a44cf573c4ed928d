"""Popups of every kind, in languages that are hard to set, as the engine sends them."""

from pathlib import Path
from typing import Any

import yaml

from engine.core.labels import labels

_TEXTS: dict[str, dict[str, str]] = yaml.safe_load((Path(__file__).parent / "sample-texts.yaml").read_text())

LANGUAGES = tuple(_TEXTS)
COUPON = {"code": "WELCOME100", "value": "NT$100"}
MONEY = {"pattern": "NT$#", "group": ",", "point": ".", "decimals": 0}
HOUR_MS = 3_600_000
NAMES = (
    "chat", "flow", "coupon", "applied", "bar", "offer-bar", "countdown", "products", "nps", "stars", "choice",
    "wheel", "image", "subscribe",
)  # fmt: skip
"""What ``sample`` knows: a kind, or one of several that a kind can look like."""


def sample(name: str, language: str = "en", **more: Any) -> dict[str, Any]:
    """Return a popup's JSON; ``more`` replaces parts of it."""
    texts = _TEXTS[language]
    content = _content(name, texts)
    common = {
        "lang": language,
        "dir": "rtl" if language == "ar" else "ltr",
        "labels": labels(language, content["kind"]),
    }
    return {**common, **content, **more}


def _content(name: str, texts: dict[str, str]) -> dict[str, Any]:
    if name in ("chat", "flow"):
        return {"kind": "chat", "title": texts["treat"], **(_flow(texts) if name == "flow" else _replies(texts))}
    if name in ("nps", "stars", "choice"):
        return _survey(name, texts)
    button = {"text": texts["to cart"], "url": "/cart"}
    ticket = {"title": texts["leaving"], "text": texts["waiting"], "coupon": COUPON, "button": button}
    expiring = {**COUPON, "expires_ms": 7_449_000, "apply": "/discount/WELCOME100"}
    progress = {"goal": 1500, "value": 880, "currency": "TWD", "done": texts["done"], "money": MONEY}
    tonight = {"title": texts["tonight"], "text": texts["tonight text"]}
    contents: dict[str, dict[str, Any]] = {
        "coupon": {"kind": "coupon", **ticket},
        "applied": {"kind": "coupon", **ticket, "coupon": expiring},
        "bar": {"kind": "bar", "text": texts["missing"], "position": "top", "progress": progress},
        "offer-bar": {"kind": "bar", "text": texts["sale"], "position": "bottom", "coupon": COUPON, "button": button},
        "countdown": {"kind": "countdown", **tonight, "coupon": {"code": "KILN10", "expires_ms": 7_449_000},
                      "button": button},
        "products": {"kind": "products", "title": texts["again"], "text": texts["again text"],
                     "products": _products(texts)},
        "wheel": _wheel(texts),
        "image": {"kind": "image", "title": texts["poster"], "url": "/tea",
                  "image": {"src": "/images/hero.svg", "alt": texts["poster"], "width": 1200, "height": 800}},
        "subscribe": _subscribe(texts),
    }  # fmt: skip
    return contents[name]


def _replies(texts: dict[str, str]) -> dict[str, Any]:
    replies = [{"text": texts["delivery"], "follow_up": texts["days"]}, {"text": texts["looking"]}]
    return {"text": texts["hesitate"], "coupon": COUPON, "replies": replies, "follow_up": texts["gladly"]}


def _flow(texts: dict[str, str]) -> dict[str, Any]:
    options = [
        {"text": texts["light"], "go": "match"},
        {"text": texts["dark"], "go": "match"},
        {"text": texts["person"], "go": "person"},
    ]
    cards = [
        {"title": texts[name], "text": price, "image": f"/images/products/{image}.svg", "url": f"/p/{image}"}
        for name, price, image in (
            ("oolong", "NT$680", "alishan-oolong"),
            ("pot", "NT$1,880", "side-teapot"),
        )
    ]
    remind = {"title": texts["remind"], "go": "remind"}
    address = {"name": "email", "type": "email", "placeholder": texts["mail"], "go": "noted"}
    return {
        "coupon": COUPON,
        "steps": {
            "start": {"say": [texts["hello"], texts["taste"]], "options": options},
            "match": {"say": [texts["match"]], "cards": [*cards, remind]},
            "remind": {"say": [texts["remind"]], "ask": address},
            "person": {"handover": {"online": False, "text": texts["closed"], "go": "remind"}},
            "noted": {"say": [texts["noted"]], "coupon": True},
        },
    }


def _products(texts: dict[str, str]) -> list[dict[str, str]]:
    goods = (("mug", "NT$620", "ash-mug"), ("pot", "NT$1,880", "side-teapot"),
             ("oolong", "NT$680", "alishan-oolong"), ("journal", "NT$360", "linen-notebook"))  # fmt: skip
    return [
        {"id": image, "name": texts[name], "price": price, "image": f"/images/products/{image}.svg",
         "url": f"/p/{image}"}
        for name, price, image in goods
    ]  # fmt: skip


def _survey(scale: str, texts: dict[str, str]) -> dict[str, Any]:
    question = {"kind": "survey", "scale": scale, "question": texts[scale], "thanks": texts["thanks"]}
    if scale == "choice":
        return {**question, "options": [texts[name] for name in ("gift", "me", "around")]}
    return {**question, "low": texts["low"], "high": texts["high"], "comment": texts["why"]}


def _wheel(texts: dict[str, str]) -> dict[str, Any]:
    segments = ["10%", texts["ship"], "NT$50", texts["cup"], "NT$100", "5%", texts["ship"], "NT$30"]
    return {
        "kind": "wheel", "title": texts["spin"], "text": texts["spin text"], "button": texts["go"],
        "segments": segments, "prize": 3, "result": texts["won"],
        "coupon": {"code": "SPIN-7F3K", "value": "10%"},
    }  # fmt: skip


def _subscribe(texts: dict[str, str]) -> dict[str, Any]:
    channels = [
        {"kind": "line", "text": texts["line"], "url": "https://line.example/huan"},
        {"kind": "messenger", "text": texts["messenger"], "url": "https://messenger.example/huan"},
    ]
    return {
        "kind": "subscribe", "title": texts["news"], "text": texts["news text"], "placeholder": texts["mail"],
        "consent": texts["consent"], "button": texts["sign"], "thanks": texts["welcome"], "channels": channels,
        "coupon": COUPON,
    }  # fmt: skip
