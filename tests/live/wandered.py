"""The shop that wanderers wander through: rules in which all of the language is used, and what can be done there."""

from __future__ import annotations

from tests.live.client import Frame

RULES = """
- rule: sweetener
  when: [page is cart, views(cart) >= 2, page.dwell > 10s]
  show: {chat: {text: Still thinking}}
  do: [{tag: hesitant}]
  priority: 5
- rule: attention
  when: [page is product, product.dwell > 20s, {any: [product.views >= 2, cart.value > 500]}]
  show: {chat: {text: "Questions?"}}
  limit: 2 per session
- rule: leaving
  when:
    - page in [home, category]
    - exit_intent
    - not: cart.lines > 0
  show: {chat: {text: Wait}}
  limit: 9 per session
- rule: wishes
  when: [count(add_to_wishlist) in 1h >= 2]
  show: {chat: {text: Shall we remind you}}
- rule: in-order
  when:
    - sequence: [view_item, add_to_cart]
      within: 20m
    - page is not checkout
  show: {chat: {text: Good choice}}
  priority: 3
  limit: once per visitor
- rule: campaign
  when: [traffic.source is ig, session.views >= 3]
  show: {chat: {text: Welcome}}
  priority: 9
- rule: again
  when: [page is home, dwell(home) in 1d > 8s]
  show: {chat: {text: Hello}}
  limit: 1 per 2 days
- rule: at-the-till
  when: [page is checkout]
  show: {chat: {text: Help}}
- rule: has-a-pot
  when: [page is category, cart has pot]
  show: {bar: {text: A lid for it}}
- rule: nothing-yet
  when: [page is search, not: count(add_to_cart) in 1h >= 1, session.views >= 3]
  show: {chat: {text: "Looking for something?", replies: [Later, {text: Tell me, start: told}]}}
- rule: told
  show: {chat: {text: This is how}}
- rule: hesitating
  when: [since(add_to_cart) > 20ms, page is not checkout]
  show: {chat: {text: Still there}}
  limit: 2 per day
- rule: keen
  when: [visitor.stage at least shopper]
  do: [{tag: keen}, {set: {size: 42}}]
- rule: sized
  when: [page is cart, visitor.tags has keen, visitor.field(size) > 41]
  show:
    - {variant: small, weight: 50, chat: {text: Your size is there}}
    - {variant: large, weight: 50, bar: {text: Your size is there}}
- rule: by-the-clock
  when: [clock.hour <= 23, page.path starts with /p/, product.stock <= 5]
  schedule: {days: mon-sun, from: 2020-01-01}
  holdout: 30%
  show: {chat: {text: Only a few}}
- rule: last-year
  when: [page is home]
  schedule: {until: 2020-01-01}
  show: {chat: {text: Hello}}
- rule: deep-down
  when: [page.scroll >= 50%, session.products >= 1]
  show: {chat: {text: More of these}}
- rule: resting
  when: [idle > 10s, {not: agents.online is yes}]
  show: {chat: {text: Back again}}
- rule: dear-wishes
  when: [count(add_to_wishlist where value > 3) ever >= 1, views(cart) ever >= 1]
  show: {coupon: {title: For you, code: WISH5}}
- rule: after-that
  when: [page is home, visitor.tags has hesitant]
  after: sweetener
  show: {chat: {text: Once more}}
"""
SITE = "holdout: 0%\npolicy: {quiet: 10ms, popups_per_session: 6}\n"
NEVER = {"at-the-till", "last-year"}
"""The rules that nothing shows: of one the page is the policy's, of one the time is over."""
SILENT = {"keen"}
CLICKED, CLICK = {"nothing-yet"}, {"step": "start", "choice": "1"}
"""The rule whose popup has a button that starts another one, and what its click says."""

PRODUCTS = ({"id": "cup", "price": 120, "currency": "TWD", "stock": 3}, {"id": "pot", "price": 900, "currency": "TWD"})
KINDS = ("home", "category", "product", "cart", "cart", "checkout", "search")
SAYS: tuple[tuple[str, Frame], ...] = (
    ("exit_intent", {}),
    ("copy", {}),
    ("scroll", {"percent": 60}),
    ("idle", {"ms": 12_000}),
    ("add_to_wishlist", {"value": 5, "currency": "TWD"}),
    ("add_to_wishlist", {"value": 2, "currency": "TWD"}),
    ("view_item", {"items": [{"item_id": "cup"}]}),
    ("add_to_cart", {"items": [{"item_id": "cup", "quantity": 1}]}),
    ("cart", {"items": [{"item_id": "pot", "price": 900, "quantity": 1}], "value": 900, "currency": "TWD"}),
    ("cart", {"items": [], "value": 0, "currency": "TWD"}),
    ("view_item", {"items": [{"item_id": "pot"}]}),
    ("add_to_cart", {"items": [{"item_id": "pot", "quantity": 1}]}),
    ("wake", {}),
    ("chat_message", {"text": "hello there"}),
)
