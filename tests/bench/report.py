"""What a benchmark found, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Budget:
    """One promise: ``measured``, in ``unit``, is at most ``most``."""

    what: str
    measured: float
    most: float
    unit: str

    def row(self) -> list[str]:
        """Return the promise as a row: what, measured, budget, met."""
        met = "yes" if self.measured <= self.most else "**no**"
        return [self.what, f"{self.measured:.2f} {self.unit}", f"{self.most:g} {self.unit}", met]


@dataclass(frozen=True, slots=True)
class Report:
    """One benchmark's table, the budgets that it holds, and the figures that the capacity is reckoned from."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    budgets: Sequence[Budget] = field(default=())
    figures: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [f"## {self.title}", _table(self.header, self.rows), self.note]
        return "\n\n".join(part for part in parts if part)


def budget_table(reports: Iterable[Report]) -> str:
    """Return all budgets of all reports as one table."""
    rows = [budget.row() for report in reports for budget in report.budgets]
    return "## Budgets\n\n" + _table(("what", "measured", "at most", "met"), rows) if rows else ""


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    line = "|" + "|".join(" --- " if n == 0 else " ---: " for n in range(len(header))) + "|"
    return "\n".join(["| " + " | ".join(header) + " |", line, *("| " + " | ".join(row) + " |" for row in rows)])
