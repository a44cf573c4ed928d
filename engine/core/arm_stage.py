"""The chance of a condition on the visitor's stage: attention to a product makes a shopper, and can be foreseen."""

from __future__ import annotations

from engine.core.chances import ARMED, HOLDS, HOLDS_NOW, NEVER_HERE, OPEN_TO_EVENTS, Chance, ChanceOf
from engine.core.compile import PAGE_DWELL, PRODUCT_DWELL, Slots, slot_of
from engine.core.conditions import Comparison
from engine.core.rules import Site
from engine.core.stages import SHOPPER, STAGES
from engine.core.view import View


def stage_chance(comparison: Comparison, slots: Slots, site: Site, opposite: bool) -> ChanceOf:
    """Return what tells the chance of ``visitor.stage`` compared; a stage once reached is kept."""
    test, expected = comparison.operator.test, comparison.expected
    holds_at = [test(rank, expected) is not opposite for rank in range(len(STAGES))]
    stage, dwell, page_dwell = slot_of(comparison.reading, slots), slots.number(PRODUCT_DWELL), slots.number(PAGE_DWELL)
    needed_ms = site.intent.product_dwell_ms

    def chance(view: View) -> Chance:
        rank = view.counts[stage]
        holds = holds_at[rank]
        if needed_ms and rank < SHOPPER and holds_at[SHOPPER] is not holds and view.page.product is not None:
            moment = int(view.counts[page_dwell] + needed_ms - view.counts[dwell])
            return (HOLDS if holds else ARMED), (("page_dwell", moment),)
        if holds:
            return HOLDS_NOW
        return OPEN_TO_EVENTS if any(holds_at[rank + 1 :]) else NEVER_HERE

    return chance
