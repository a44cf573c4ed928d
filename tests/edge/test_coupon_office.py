"""Coupons are given out once, kept for their visitor, and given back: on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from engine.core.coupons import Pool
from engine.core.popup_parts import Coupon, Issued
from engine.edge import coupon_issues, coupon_office
from engine.edge import coupon_tables as tables
from engine.edge.coupon_issues import SWEEP_AFTER_MS, sweep
from tests.edge.coupon_desk import Desk, code
from tests.edge.coupons import ADD50, NOON, add_pool, add_site, an_asker, free_codes, rows
from tests.waiting import PATIENCE_S, eventually

DAY_MS = 86_400_000


async def filled(desk: Desk, *codes: str, **pool: Any) -> None:
    await add_pool(desk.database, Pool("ADD50", **pool), codes)
    await desk.office.refresh()


async def test_name_that_no_pool_has_is_the_code(desk: Desk) -> None:
    assert await desk.give("v1", Coupon("ADD50", 10, True, pool=True)) == Issued("ADD50", 10, True)
    assert await rows(desk.database, tables.issues) == []


async def test_written_code_is_no_pool_even_if_one_has_its_name(desk: Desk) -> None:
    await filled(desk, "A1")
    assert code(await desk.give("v1", Coupon("ADD50"))) == "ADD50"


async def test_visitors_get_different_codes_and_each_the_same_again(desk: Desk) -> None:
    await filled(desk, "A1", "A2")
    assert [code(await desk.give(each)) for each in ("v1", "v2", "v1", "v2")] == ["A1", "A2", "A1", "A2"]
    assert await free_codes(desk.database) == []


async def test_pool_with_a_fixed_code_gives_it_to_everybody_once(desk: Desk) -> None:
    await filled(desk, code="SPRING")
    assert [code(await desk.give(each)) for each in ("v1", "v2", "v1")] == ["SPRING"] * 3
    assert {each.visitor for each in await rows(desk.database, tables.issues)} == {"v1", "v2"}


async def test_pool_without_codes_has_none_but_for_those_who_have_one(desk: Desk) -> None:
    await filled(desk, "A1")
    assert [code(await desk.give(each)) for each in ("v1", "v2", "v1")] == ["A1", "", "A1"]
    assert [each.visitor for each in await rows(desk.database, tables.issues)] == ["v1"]


async def test_empty_pool_falls_back_and_the_visitor_stays_there(desk: Desk) -> None:
    await add_pool(desk.database, Pool("LAST", code="ALL5", kind="percent", value=5))
    await filled(desk, "A1", value=50, fallback="LAST")
    assert await desk.give("v1") == Issued("A1", 50)
    assert await desk.give("v2", Coupon("ADD50", 60, pool=True)) == Issued("ALL5", 5, True)
    await add_pool(desk.database, Pool("ADD50", fallback="LAST"), ["A2"])
    assert code(await desk.give("v2")) == "ALL5"
    assert code(await desk.give("v3")) == "A2"


async def test_worth_is_the_rules_word_else_the_pools(desk: Desk) -> None:
    await filled(desk, code="SPRING", kind="percent", value=10)
    assert await desk.give("v1") == Issued("SPRING", 10, True)
    assert await desk.give("v1", Coupon("ADD50", 100, pool=True)) == Issued("SPRING", 100)


async def test_coupon_ends_so_long_after_it_was_first_shown(desk: Desk) -> None:
    await filled(desk, "A1", "A2", expires_ms=30_000)
    assert await desk.give("v1") == Issued("A1", expires_at_ms=NOON + 30_000)
    assert await desk.give("v1", now_ms=NOON + 20_000) == Issued("A1", expires_at_ms=NOON + 30_000)
    rule_says = Coupon("ADD50", pool=True, expires_ms=5_000)
    assert await desk.give("v2", rule_says) == Issued("A2", expires_at_ms=NOON + 5_000)


async def test_written_code_with_an_end_does_not_begin_anew(desk: Desk) -> None:
    half_an_hour = Coupon("SPRING", 10, expires_ms=30_000)
    assert await desk.give("v1", half_an_hour) == Issued("SPRING", 10, expires_at_ms=NOON + 30_000)
    assert await desk.give("v1", half_an_hour, NOON + 29_999) == Issued("SPRING", 10, expires_at_ms=NOON + 30_000)
    assert await desk.give("v1", half_an_hour, NOON + 30_000) is None


async def test_reservation_that_is_shown_late_ends_late(desk: Desk) -> None:
    await filled(desk, "A1", expires_ms=30_000)
    await desk.hold("v1")
    assert await desk.give("v1", now_ms=NOON + 60_000) == Issued("A1", expires_at_ms=NOON + 90_000)


async def test_whose_code_has_ended_gets_no_other(desk: Desk) -> None:
    await filled(desk, "A1", "A2", expires_ms=30_000)
    await desk.give("v1")
    assert await desk.give("v1", now_ms=NOON + 30_000) is None
    assert await free_codes(desk.database) == ["A2"]


async def test_whose_code_has_ended_gets_another_when_the_pool_says_so(desk: Desk) -> None:
    await filled(desk, "A1", "A2", expires_ms=30_000, again_ms=DAY_MS)
    await desk.give("v1")
    ended = NOON + 30_000
    given = [await desk.give("v1", now_ms=ended + more) for more in (0, DAY_MS - 1, DAY_MS, DAY_MS + 1)]
    assert [code(each) for each in given] == ["", "", "A2", "A2"]
    kept = {each.code: each.live for each in await rows(desk.database, tables.issues)}
    assert kept == {"A1": None, "A2": 1}


async def test_whose_code_was_redeemed_gets_another_only_when_the_pool_says_so(desk: Desk) -> None:
    await filled(desk, "A1", "A2")
    await desk.give("v1")
    async with desk.database.begin() as connection:
        await connection.execute(sa.update(tables.issues).values(redeemed_ms=NOON))
    assert await desk.give("v1") is None
    await add_pool(desk.database, Pool("ADD50", again_ms=DAY_MS))
    await desk.office.refresh()
    assert await desk.give("v1", now_ms=NOON + DAY_MS - 1) is None
    assert code(await desk.give("v1", now_ms=NOON + DAY_MS)) == "A2"


async def test_code_is_put_into_the_shops_address(desk: Desk) -> None:
    await filled(desk, "A/1")
    reserved = await desk.office.reserve(ADD50, an_asker(url="https://shop.test/discount/{code}"), NOON)
    assert reserved is not None
    assert reserved.issued.apply_url == "https://shop.test/discount/A%2F1"


async def test_released_code_is_free_for_the_next_visitor(desk: Desk) -> None:
    await filled(desk, "A1")
    await desk.let_go(await desk.hold("v1"))
    assert code(await desk.give("v2")) == "A1"


async def test_release_takes_nothing_from_another_claim_of_the_visitor(desk: Desk) -> None:
    await filled(desk, "A1")
    lost, won = await desk.hold("v1"), await desk.hold("v1")
    assert lost.id == won.id
    await desk.let_go(lost)
    assert await desk.office.confirm(won, an_asker("v1"), NOON)
    await desk.let_go(lost)
    assert await free_codes(desk.database) == []


async def test_when_both_claims_of_a_visitor_are_lost_the_code_is_free(desk: Desk) -> None:
    await filled(desk, "A1")
    one, other = await desk.hold("v1"), await desk.hold("v1")
    await desk.let_go(one)
    assert await free_codes(desk.database) == []
    await desk.let_go(other)
    assert await free_codes(desk.database) == ["A1"]


async def test_lost_claim_takes_no_code_that_was_shown_before(desk: Desk) -> None:
    await filled(desk, "A1")
    await desk.give("v1")
    await desk.let_go(await desk.hold("v1"))
    assert code(await desk.give("v1", now_ms=NOON + 1)) == "A1"


async def test_sweep_frees_what_was_never_shown_and_is_old(desk: Desk) -> None:
    await filled(desk, "A1", "A2", "A3")
    await desk.give("shown")
    await desk.hold("died")
    await desk.hold("young", NOON + 1)
    assert await sweep(desk.database, NOON + SWEEP_AFTER_MS + 1) == 1
    assert await free_codes(desk.database) == ["A2"]
    assert {each.visitor for each in await rows(desk.database, tables.issues)} == {"shown", "young"}


async def test_swept_reservation_cannot_be_confirmed(desk: Desk) -> None:
    await filled(desk, "A1")
    held = await desk.hold("v1")
    await sweep(desk.database, NOON + SWEEP_AFTER_MS + 1)
    assert await desk.office.confirm(held, an_asker("v1"), NOON) is False
    assert code(await desk.give("v2")) == "A1"
    # whose place may bear the number of the one that was swept
    assert await desk.office.confirm(held, an_asker("v1"), NOON) is False
    assert [each.visitor for each in await rows(desk.database, tables.issues)] == ["v2"]


async def test_office_sweeps_when_it_opens(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await filled(desk, "A1")
    await desk.hold("v1", NOON - SWEEP_AFTER_MS - 1)
    swept = asyncio.Event()
    monkeypatch.setattr(coupon_office.logger, "info", lambda *_: swept.set())
    await desk.office.open()
    await asyncio.wait_for(swept.wait(), PATIENCE_S)
    assert await free_codes(desk.database) == ["A1"]


async def test_firing_remembers_rule_and_variant(desk: Desk) -> None:
    await filled(desk, "A1")
    await desk.give("v1", fire="f_1")
    [fire] = await rows(desk.database, tables.fires)
    assert (fire.fire, fire.rule, fire.variant, fire.shown_ms) == ("f_1", "nudge", "small", NOON)
    assert desk.counts["issued ADD50"] == 1


async def test_pool_that_runs_low_is_warned_of_once_and_when_it_is_empty(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await filled(desk, "A1", "A2", "A3", "A4", warn_below=3)
    for visitor in ("v1", "v2", "v3", "v4"):
        await desk.give(visitor)
    assert desk.counts["low ADD50"] == 3
    said = [each.message for each in caplog.records if each.name == "shopbell.coupons"]
    assert said == [f"pool ADD50 of site pk_shop has {left} codes left" for left in (2, 0)]
    assert not any(each in caplog.text for each in ("A1", "A2", "A3", "A4"))


async def test_pool_that_has_few_from_the_beginning_is_warned_of(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    await filled(desk, "A1", "A2", "A3", warn_below=100)
    for visitor in ("v1", "v2"):
        await desk.give(visitor)
    assert [each.message for each in caplog.records] == ["pool ADD50 of site pk_shop has 2 codes left"]


async def test_pool_that_another_process_makes_is_soon_known(desk: Desk) -> None:
    await desk.office.open()
    await add_pool(desk.database, Pool("ADD50", code="SPRING"))
    await eventually(lambda: desk.office._pools)
    assert code(await desk.give("v1")) == "SPRING"


async def test_other_sites_pool_is_none_of_ours(desk: Desk) -> None:
    await add_site(desk.database, "pk_other")
    await add_pool(desk.database, Pool("ADD50"), ["A1"], "pk_other")
    await desk.office.refresh()
    assert code(await desk.give("v1")) == "ADD50"


async def test_of_a_hundred_claims_at_once_of_one_visitor_all_hold_one_code(desk: Desk) -> None:
    await filled(desk, *(f"A{n}" for n in range(200)))
    given = await asyncio.gather(*(desk.give("v1", fire=f"f_{n}") for n in range(100)))
    assert {code(each) for each in given} == {"A0"}
    assert len(await free_codes(desk.database)) == 199
    assert len(await rows(desk.database, tables.fires)) == 100


async def test_of_a_hundred_visitors_at_once_none_shares_a_code(desk: Desk) -> None:
    await filled(desk, *(f"A{n}" for n in range(90)))
    given = await asyncio.gather(*(desk.give(f"v{n}") for n in range(100)))
    codes = [code(each) for each in given if each is not None]
    assert len(codes) == len(set(codes)) == 90
    assert await free_codes(desk.database) == []
    assert len(await rows(desk.database, tables.issues)) == 90


async def test_database_that_does_not_answer_in_time_gives_no_code_and_takes_none(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(desk, "A1")
    monkeypatch.setattr(coupon_office, "DEADLINE_S", 0.01)
    may_go_on, real = asyncio.Event(), coupon_issues.reserve

    async def slow(*words: Any) -> Any:
        await may_go_on.wait()
        return await real(*words)

    monkeypatch.setattr(coupon_issues, "reserve", slow)
    assert await desk.give("v1") is None
    may_go_on.set()
    while desk.office._tasks:
        await asyncio.gather(*desk.office._tasks)
        await asyncio.sleep(0)
    assert await free_codes(desk.database) == ["A1"]
    assert await rows(desk.database, tables.issues) == []


async def test_database_that_fails_gives_no_code(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    await filled(desk, "A1")
    held = await desk.hold("v1")
    async with desk.database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE coupon_issue RENAME TO hidden")
    assert await desk.give("v2") is None
    assert await desk.office.confirm(held, an_asker("v1"), NOON) is False
    await desk.let_go(held)
    said = [each.message.split(":")[0] for each in caplog.records if each.name == "shopbell.coupons"]
    assert said == [f"a coupon could not be {what}" for what in ("reserved", "confirmed", "given back")]
