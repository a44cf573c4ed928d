"""The composition root: the only file that knows every part, and how they are put together."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends, FastAPI

import engine
from engine.core import tokens
from engine.core.origins import SELF
from engine.core.ruleset import RuleSet
from engine.core.themes import Theme
from engine.demo import mount_demo
from engine.demo.gallery import gallery_router
from engine.edge.admission import Admission, Limits
from engine.edge.api import refusals_as_sentences, site_that_asks
from engine.edge.archive import Archive
from engine.edge.aside import Aside
from engine.edge.audit import note_now
from engine.edge.browser_key import key_in_browser
from engine.edge.clock import now_ms
from engine.edge.cluster_lane import open_lane
from engine.edge.counting import Counting
from engine.edge.coupon_api import coupon_router
from engine.edge.coupon_ledger import CouponLedger, note_outcome
from engine.edge.coupon_office import CouponOffice
from engine.edge.database import database_url, open_database
from engine.edge.debug_links import debug_router
from engine.edge.draining import drain
from engine.edge.eraser import Eraser, Stores
from engine.edge.event_log import EventLog
from engine.edge.feeds import Feeds
from engine.edge.fetch import fetch
from engine.edge.first_party_cookie import FirstPartyCookie, cookie_router
from engine.edge.fleeting import greet_fleeting
from engine.edge.gone import note_denied, why_gone
from engine.edge.health import Health
from engine.edge.hello import Reception
from engine.edge.log_notes import LogNotes
from engine.edge.metrics import Metrics
from engine.edge.other_ways import OtherWays
from engine.edge.refused_events import RefusedEvents, refused_router
from engine.edge.rule_folder import RuleFolder
from engine.edge.rules_in_force import RulesInForce
from engine.edge.secret import TokenKeys, load_secrets
from engine.edge.secret_keys import SecretKeys
from engine.edge.session_allowance import SessionAllowance
from engine.edge.shipped_files import snippet_folder
from engine.edge.sites import Site, Sites
from engine.edge.static_files import renderer_address, snippet_router
from engine.edge.streams import Streams
from engine.edge.submissions import Submissions
from engine.edge.subscriber_api import subscriber_router
from engine.edge.subscriber_links import LinkPages, link_router
from engine.edge.subscribers import Subscribers
from engine.edge.supplies import Supplies
from engine.edge.telemetry import Telemetry, shared_in
from engine.edge.usual import usual_way
from engine.edge.visitor_api import visitor_router
from engine.edge.visitor_report import VisitorReports, report_router
from engine.edge.visitor_state import RedisVisitorState
from engine.edge.why_reports import why_router
from engine.edge.withdrawals import Withdrawals
from engine.firing import Arbiter
from engine.pipeline import Pipeline
from engine.settings import Settings
from engine.tab import Tab

DEMO_SITE = "pk_demo"


class Engine:
    """One engine process: made by ``create_app``, alive while the application runs."""

    def __init__(self, settings: Settings) -> None:
        if settings.redis_url is None:
            raise ValueError("settings without a Redis URL, expected that of a server that runs")
        self.settings = settings
        self.in_force = RulesInForce()
        self.telemetry = Telemetry()
        self.admission = Admission(Limits.of(settings))
        self.metrics = Metrics(self.telemetry, shared_in(settings.data), shares=settings.workers > 1)
        self.lane = open_lane(settings.redis_url, trouble=self.telemetry.troubled)
        self.state = RedisVisitorState(self.lane)
        self.refused = RefusedEvents(self.lane, now_ms)
        self.telemetry.note_refused = self.refused.note
        self.counting = Counting(self.lane, self.in_force, lambda: self.sites.keys())
        self.database = database = open_database(database_url(settings.database_url, settings.data))
        self.sites = Sites(database)
        self.rule_folder = RuleFolder(settings.rules, self._use_rules, self.sites.named)
        self.site_that_asks = site_that_asks(SecretKeys(database).site_of, self._may_ask, partial(note_now, database))
        self.key_in_browser = key_in_browser(SecretKeys(database).site_of, self._may_ask)
        self.subscribers = Subscribers(database)
        self.feeds = Feeds(partial(fetch, named_hosts=frozenset(settings.feed_hosts.split(","))), now_ms)
        self.coupons = CouponOffice(database, self.telemetry, now_ms)
        self.stores = Stores(
            database, settings.redis_url, Archive(settings.archive_folder), bool(settings.archive_every)
        )
        self.aside = Aside(settings.redis_url, settings.archive_folder, self.stores.archives)
        self.eraser = Eraser(self.stores, settings.keep_days, recorded=self.aside.erase_recorded)
        self.ledger = CouponLedger(database, self.lane, self.sites.keys)
        self.health = Health(
            {"redis": self._redis_problem, "rules": self.rule_folder.problem, "draining": self._draining_problem}
        )
        self.token_keys: Sequence[tokens.Secret] = ()
        self.streams: Streams | None = None
        self.reports: VisitorReports | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Streams]:
        """Start every part in the order in which they need each other; stop them the other way round."""
        async with AsyncExitStack() as stack:
            await self.lane.start()
            stack.push_async_callback(self.lane.stop)
            await self.state.load_functions()
            await self.sites.open()
            stack.push_async_callback(self.sites.close)
            await self.coupons.open()
            stack.push_async_callback(self.coupons.close)
            self.refused.open()
            stack.push_async_callback(self.refused.close)
            self.ledger.open()
            stack.push_async_callback(self.ledger.close)
            if self.settings.demo:
                await self.sites.add("Demo shop", [SELF], key=DEMO_SITE)
            self._put_together()
            assert self.streams is not None  # noqa: S101
            stack.callback(self.streams.stop)
            stack.push_async_callback(self.feeds.stop)
            await self.rule_folder.start()
            stack.push_async_callback(self.rule_folder.stop)
            await self.metrics.start()
            stack.push_async_callback(self.metrics.stop)
            self.eraser.open()
            stack.push_async_callback(self.eraser.close)
            stack.callback(self.aside.close)
            _rarely_collect_garbage()
            yield self.streams

    async def _erase(self, site: str, visitor: str) -> None:
        """Have a visitor erased; the pages that they have open here end."""
        await self.eraser.ask(site, visitor)
        if self.streams is not None:
            self.streams.forget(site, visitor)

    def _put_together(self) -> None:
        token_keys = self.token_keys = TokenKeys(self.settings.data)
        log = EventLog(self.lane)
        notes = LogNotes(log)
        arbiter = Arbiter(self.state, self.telemetry, now_ms, notes.claim, self.coupons)
        arbiter.note_outcome = partial(note_outcome, self.lane)
        arbiter.given_to = Supplies(self.feeds.products, token_keys).given_to
        submissions = Submissions(self.state, self.subscribers, self.in_force.of)
        self.pipeline = Pipeline(self.state, log, arbiter, self.in_force.of, self.telemetry, now_ms, submissions)
        take = usual_way(self.pipeline, self.state, log, self.lane)
        fleeting = partial(greet_fleeting, self.lane)
        reception = Reception(
            self.state, self.in_force.of, token_keys, now_ms, notes.hello, fleeting, partial(why_gone, self.lane),
            arbiter.unseen.await_view,
        )  # fmt: skip
        self.streams = Streams(self._site_of, reception.open, take, self.telemetry, self.settings)
        self.pipeline.withdrawals = Withdrawals(
            partial(note_denied, self.lane), self.eraser.ask, log.mute, self.streams.forget
        )
        self.cookies = FirstPartyCookie(self.settings.cookie_path, token_keys, now_ms)
        self.streams.cookies = self.cookies if self.settings.cookie_path else None
        self.streams.admission = self.admission
        self.streams.together = self.lane.together
        self.streams.turn_away = self.pipeline.turn_away
        self.streams.leave, unseen = arbiter.unseen.leave, arbiter.unseen
        unseen.others, unseen.arm, unseen.note = self.streams.beside, self.pipeline.arm, notes.unseen
        if self.settings.events_per_session:
            self.streams.allowance = partial(SessionAllowance, self.lane, self.settings.events_per_session)
        self.reports = VisitorReports(
            DEMO_SITE, self.streams, self.state, self.in_force.of, token_keys, now_ms, self.counting
        )

    def is_token_of(self, site: str, token: object) -> bool:
        """Tell whether this is the token of a visitor of the site."""
        return tokens.read(self.token_keys, site, token, now_ms()) is not None

    def shop_of(self, key: str) -> tuple[str, Theme | None]:
        """Return what a site's mails lead to is called, and looks like."""
        site = self.sites.get(key)
        return site.name if site is not None else "", self.in_force.of(key).site.theme

    def may_post(self, peer: str) -> bool:
        """Tell whether whoever is no stream may ask once more."""
        return self.streams_open().too_hasty(peer) is None

    def _may_ask(self, peer: str) -> bool:
        """Tell whether whoever asks the API may; uvicorn has read what trusted proxies say of the address."""
        if self.admission.may_ask(self.admission.address_of(peer, ())):
            return True
        self.telemetry.refused("too_many_requests")
        return False

    def _site_of(self, key: str) -> Site | None:
        """Return the site of a page that wants a stream; none yet where its rules have not been looked for."""
        return self.sites.get(key) if self.rule_folder.has_settled(key) else None

    def reports_made(self) -> VisitorReports:
        """Return the reports of an engine that runs."""
        assert self.reports is not None  # noqa: S101
        return self.reports

    def streams_open(self) -> Streams:
        """Return the shoppers' streams of an engine that runs."""
        assert self.streams is not None  # noqa: S101
        return self.streams

    def _use_rules(self, site: str, rules: RuleSet | None) -> None:
        """Judge a site by these rules from now on, and have its open pages report what they wait for."""
        self.in_force.use(site, rules)
        self.feeds.use(feed for each in self.in_force.all() for feed in each.site.feeds.values())
        if self.streams is not None:
            self.streams.spawn(self.counting.begin(site, now_ms()))
        if self.streams is not None and self.streams.open:
            self.streams.spawn(self.streams.for_each_tab(self._follow))

    async def _follow(self, tab: Tab) -> None:
        """Have a page go by the rules in force, if it does not."""
        if tab.watch.rules is not self.in_force.of(tab.site):
            await self.pipeline.rearm(tab)

    async def _redis_problem(self) -> str | None:
        if not self.lane.is_up:
            return "redis is not reachable"
        await self.lane.ask("PING")
        return None

    def _draining_problem(self) -> str | None:
        return "the engine is shutting down" if self.streams is None or self.streams.is_draining else None


def _rarely_collect_garbage() -> None:
    """
    Look for garbage in cycles rarely, and never among what lives as long as the process.

    Events leave no cycles behind. By Python's default their short-lived values
    would have it look through thousands of open tabs many times a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000, 20, 1_000)


def create_app(settings: Settings) -> FastAPI:
    """
    Return the HTTP side of an engine; the stream is handed to it through the lifespan's state.

    ``settings.redis_url`` must name a server that runs. ``app.state.drain()``
    ends readiness, tells every shopper's page to come back later, and returns when all are told.
    """
    parts = Engine(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with parts.running() as streams:
            app.state.drain = partial(drain, streams)
            yield {"streams": streams}

    app = FastAPI(
        title="Shopbell", version=engine.__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    refusals_as_sentences(app)
    app.include_router(parts.health.router())
    app.include_router(parts.metrics.router())
    app.include_router(snippet_router(snippet_folder()))
    app.include_router(OtherWays(parts.streams_open, parts.is_token_of).router())
    app.include_router(debug_router(lambda: load_secrets(settings.data), parts._may_ask, now_ms))
    app.include_router(_gallery(parts))
    known = parts.counting.refreshed
    app.include_router(why_router(parts.aside, parts.in_force.of, parts.site_that_asks, now_ms, known))
    app.include_router(cookie_router(lambda: parts.cookies, parts.sites.get, settings.cookie_path, parts.may_post))
    app.include_router(visitor_router(parts.stores, parts.site_that_asks, parts._erase, parts.aside))
    app.include_router(coupon_router(parts.database, parts.site_that_asks))
    app.include_router(refused_router(lambda: parts.lane, parts.site_that_asks))
    app.include_router(subscriber_router(parts.subscribers, parts.site_that_asks))
    app.include_router(link_router(LinkPages(parts.subscribers, parts.shop_of, parts._may_ask, now_ms)))
    if settings.demo:
        mount_demo(app, "/s.js", DEMO_SITE)
        app.include_router(report_router(parts.reports_made))
    return app


def _gallery(parts: Engine) -> APIRouter:
    """Return the pages that show every popup: the demo's visitors may look, elsewhere who has a secret key."""
    guards = [] if parts.settings.demo else [Depends(parts.key_in_browser)]
    return gallery_router(
        renderer_address(snippet_folder()), lambda site: parts.in_force.of(site or DEMO_SITE).site.theme, guards
    )


__all__ = ["create_app"]
