"""Run a draft over the archive: which sessions it would have reached, and when."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.core.backtest import Backtest, Found, Reached, kinds_of
from engine.core.golden import read_sessions, run_session
from engine.core.golden_drawing import drawings
from engine.core.reach import reach_ms
from engine.core.recorded import Record
from engine.core.rule_errors import RuleErrors
from engine.core.rulefile import SITE_FILE, read_rules
from engine.core.ruleset import RuleSet
from engine.edge.archive_reading import Recordings
from engine.edge.replays import Source, replay_all
from engine.edge.rule_files import Wanted, is_rule_file, read_files
from engine.refusal import Refusal

MOST_DRAWN = 5
MOST_TRIED = 50
"""So many golden sessions are drawn for a rule, out of so many real ones at most."""

Files = Mapping[str, str]


class NoDraft(Refusal):
    """There is nothing to test; the sentence says what was expected."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules to be tested: the draft's files, the site's settings, and the site's other rules if they run along."""

    files: Files
    settings: Files
    others: Files = field(default_factory=dict)

    def rules(self) -> RuleSet:
        """Return the rules to judge by. Of a rule that the site has already, the draft's stands in its place."""
        alone = {**self.files, **self.settings}
        if not self.others:
            return read_rules(alone)
        try:
            others = read_rules({**self.others, **self.settings})
        except RuleErrors:
            # they may name rules that only the draft has
            return read_rules({**alone, **self.others})
        drafts = {each.rule.id: each.rule for each in read_rules(alone, [each.rule for each in others.rules]).rules}
        kept = [drafts.pop(each.rule.id, each.rule) for each in others.rules]
        return RuleSet([*kept, *drafts.values()], others.site)

    def names(self) -> tuple[str, ...]:
        """Return the ids of the draft's rules."""
        rules = self.rules().rules
        return tuple(each.rule.id for each in rules if each.rule.where.rpartition(":")[0] in self.files)


def read_draft(
    file: Path, site_rules: Path, others: Path | None, read: Callable[[Path, Wanted], Files] = read_files
) -> Draft:
    """
    Read a draft, under the policy of the site's rules; ``others`` is the folder of rules that run along.

    ``read`` returns what of a folder of rules is the site's.
    """
    if not file.is_file():
        raise NoDraft(f"there is no file '{file}', expected a rule file")
    settings = {} if not site_rules.is_dir() else read(site_rules, lambda name: Path(name).name == SITE_FILE)
    files = {str(file): file.read_text("utf-8")}
    along = read(others, is_rule_file) if others is not None else {}
    if others is not None:
        settings = {name: text for name, text in along.items() if Path(name).name == SITE_FILE} or settings
    return Draft(files, settings, {name: text for name, text in along.items() if name not in settings})


@dataclass(frozen=True, slots=True)
class BacktestWork:
    """The draft's files come along, as compiled rules cannot."""

    draft: Draft
    since_ms: int
    until_ms: int

    @property
    def where(self) -> str:
        """Visitors who saw no page on which the draft could hold need no reading."""
        kinds = kinds_of(self.draft.rules(), self.draft.names())
        listed = ", ".join(f"'{each}'" for each in kinds)
        found = f"data->>'kind' IN ({listed}) OR page->>'kind' IN ({listed})"
        return f"at_ms >= {self.since_ms} AND at_ms < {self.until_ms}" + (f" AND ({found})" if kinds else "")

    def begin(self) -> "BacktestWorker":
        """Read the rules."""
        return BacktestWorker(self)


class BacktestWorker:
    """Judges visitors."""

    def __init__(self, work: BacktestWork) -> None:
        self._backtest = Backtest(work.draft.rules(), work.draft.names(), work.since_ms, work.until_ms)

    def take(self, visitor: str, records: list[Record]) -> None:
        """Judge one."""
        self._backtest.take(visitor, records)

    def result(self) -> Found:
        """Return what was found so far."""
        return self._backtest.found


def backtest(source: Source, draft: Draft, progress: Callable[[float], None], processes: int = 0) -> Found:
    """Return what the draft would have done in the span of the source."""
    work = BacktestWork(draft, source.span.since_ms, source.span.until_ms)
    reach = replace(source.span, since_ms=max(0, source.span.since_ms - reach_ms(draft.rules())))
    total = Found()
    for part in replay_all(replace(source, span=reach), work, processes, progress):
        total.merge(part)
    return total


@dataclass(frozen=True, slots=True)
class Drawn:
    """Golden sessions that were drawn from real ones, as a file holds them; ``untold`` could not be drawn."""

    text: str
    sessions: int
    untold: int


def draw_golden(recordings: Recordings, site: str, draft: Draft, found: Found) -> Drawn:
    """
    Draw golden sessions in which a draft's rule fires, from sessions that it would have reached.

    Only those are taken that, played as golden sessions, make the rule fire: others hang on what golden sessions
    do not say, such as what the shopper wrote. Where a session alone does not, those before it are told too.
    """
    rules, names = draft.rules(), draft.names()
    texts: list[str] = []
    untold = 0
    for rule in names:
        reached = sorted((each for each in found.reached if each.rule == rule), key=lambda each: each.at_ms)
        wanted = len(texts) + MOST_DRAWN
        for each in reached[:MOST_TRIED]:
            text = _draw(recordings, site, rules, each)
            texts += [text] if text else []
            untold += not text
            if len(texts) == wanted:
                break
    return Drawn("\n".join(texts), len(texts), untold)


def _draw(recordings: Recordings, site: str, rules: RuleSet, reached: Reached) -> str:
    records = recordings.of_visitor(site, reached.visitor)
    for drawing in drawings(reached.rule, records, reached.session):
        with suppress(RuleErrors):  # what is left of an event may be too little to be one
            [session] = read_sessions({"drawn": drawing.text})
            fired = run_session(rules, session).fired
            if any(each.rule == reached.rule and each.at_ms >= drawing.from_ms for each in fired):
                return f"{drawing.text}  fires: [{', '.join(each.rule for each in fired)}]\n"
    return ""
