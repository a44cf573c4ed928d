"""Draws what may follow ``where``."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.core.event_reading import OPERATORS_OF_WHERE
from engine.core.operators import OPERATORS
from engine.core.where import NUMERIC, Where

_TEXTS = st.one_of(
    st.text(max_size=4).filter(str.strip), st.sampled_from(["5", "05", "5.0", "-1", "2.50", "a (b)", "x, y", "1x"])
).map(str.casefold)


@st.composite
def wheres(draw: st.DrawFn) -> Where:
    """Draw a comparison with what an event says under ``a``, ``b`` or ``a.b``."""
    symbol = draw(st.sampled_from([each for each in OPERATORS_OF_WHERE if each != "="]))
    value: st.SearchStrategy[Any] = _TEXTS
    if symbol in NUMERIC:
        value = st.integers(-9, 9) | st.sampled_from([0.5, -2.25])
    elif symbol.endswith("in"):
        value = st.lists(_TEXTS, min_size=1, max_size=3).map(tuple)
    return Where(draw(st.sampled_from(["a", "b", "a.b"])), OPERATORS[symbol], draw(value))
