"""How often Hypothesis draws."""

from __future__ import annotations

import os

from hypothesis import settings

EXAMPLES = int(os.environ.get("SHOPBELL_FUZZ_EXAMPLES", "0"))
"""How many draws ``make fuzz`` asks for; 0 in a usual test run."""


def drawn(examples: int) -> settings:
    """Have a test draw so often in a usual run, and as often as it is asked for in ``make fuzz``."""
    return settings(max_examples=EXAMPLES or examples)
