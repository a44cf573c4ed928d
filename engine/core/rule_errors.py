"""What is wrong with rule files: every problem with its place, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_PROBLEMS = 100
"""Problems listed of one file; a file with more is most likely not a rule file at all."""


@dataclass(frozen=True, slots=True, order=True)
class RuleError:
    """One problem. ``line`` and ``column`` count from 1; ``message`` says what was found and what was expected."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class RuleErrors(Exception):
    """All problems of all files, in the order in which a reader meets them; ``str()`` has one a line."""

    def __init__(self, errors: Iterable[RuleError]) -> None:
        self.errors = tuple(sorted(errors))
        super().__init__("\n".join(map(str, self.errors)))


class TooManyProblems(Exception):
    """Enough problems of this file have been listed; reading it further helps nobody."""


class Problems:
    """Collects what is wrong, and what is only doubtful, with one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.errors: list[RuleError] = []
        self.warnings: list[RuleError] = []

    def add(self, line: int, column: int, message: str) -> None:
        """Note a problem. Raises TooManyProblems when the list is full."""
        if len(self.errors) == MOST_PROBLEMS:
            self.errors.append(
                RuleError(self.file, line, column, f"more than {MOST_PROBLEMS} problems, not all listed")
            )
            raise TooManyProblems
        self.errors.append(RuleError(self.file, line, column, message))

    def warn(self, line: int, column: int, message: str) -> None:
        """Note what is allowed but most likely not meant."""
        if len(self.warnings) < MOST_PROBLEMS:
            self.warnings.append(RuleError(self.file, line, column, message))
