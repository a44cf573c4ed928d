"""Judging alone: Shopbell's, plain ifs, json-rules-engine and durable_rules, on the same facts and the same rules."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench.contestants import compiled_environment
from tests.bench.effort import Effort
from tests.bench.peers.rules import write_rules
from tests.bench.peers.running import HERE, NoPeers, install, version_of
from tests.bench.peers.visit import Visit
from tests.bench.report import Report
from tests.bench.traffic import course

RULES = 100
COURSE = 100
DURABLE = "durable_rules==2.0.28"
_CHECKOUT = Path(__file__).parents[2]
_ENVIRONMENT = _CHECKOUT / ".cache" / "durable_rules"


async def measure(effort: Effort) -> Report:
    """Run each of them as a program of its own, a few times."""
    install()
    with TemporaryDirectory(prefix="shopbell-judging-") as folder:
        contestants = _contestants(Path(folder), events=effort.events_each * 100)
        runs = {name: [_run(*words) for _ in range(effort.rounds)] for name, words in contestants.items()}
    own = median(us for us, _ in runs["Shopbell"])
    rows = [
        [name, f"{(us := median(each for each, _ in found)):,.1f}", f"{us / own:,.1f}", f"{found[0][1]:,}"]
        for name, found in runs.items()
    ]
    note = (
        f"{RULES} rules; json-rules-engine {version_of('json-rules-engine')}, {DURABLE.replace('==', ' ')}. Shopbell "
        "also says which moments to arm, and judges only the rules that an event concerns."
    )
    return Report("Judging alone", ("by", "CPU for one event, µs", "x Shopbell", "times true"), rows, note)


Words = tuple[Sequence[str], dict[str, str]]


def _contestants(folder: Path, events: int) -> dict[str, Words]:
    rules, facts = folder / "rules.json", folder / "facts.jsonl"
    write_rules(RULES, rules)
    facts.write_text("".join(f"{json.dumps(each)}\n" for seed in range(events // COURSE) for each in _facts(seed)))
    files, own = (str(rules), str(facts)), ["-m", "tests.bench.peers.own_judge", str(RULES), str(events)]
    python = [sys.executable]
    found: dict[str, Words] = {}
    found["Shopbell"] = [*python, *own], compiled_environment()
    if compiled_environment():
        found["Shopbell, pure Python"] = [*python, *own], {}
    return found | {
        "plain ifs in Python": ([*python, "-m", "tests.bench.peers.ifs_judge", *files], {}),
        "plain ifs in Node": (["node", str(HERE / "judge.js"), *files, "plain ifs"], {}),
        "json-rules-engine": (["node", str(HERE / "judge.js"), *files, "json-rules-engine"], {}),
        "durable_rules": ([_durable_python(), str(HERE / "durable_judge.py"), *files], {}),
    }


def _facts(seed: int) -> list[dict[str, object]]:
    """Return what is known after each event of a visit."""
    visit, counts = Visit(), dict[str, float]()
    lines = []
    for name, data in course(seed, COURSE):
        for verb, field, value in visit.changes(name, data):
            if verb == "+":
                counts[field] = counts.get(field, 0) + value
            elif verb == "=":
                counts[field] = value
            elif field not in counts:
                counts[field], counts[value] = 1, counts.get(value, 0) + 1
        lines.append(visit.facts(counts, name, data))
    return lines


def _run(words: Sequence[str], environment: dict[str, str]) -> tuple[float, int]:
    """Return the CPU for one event, µs, and how often a rule was true."""
    print(f"judging: {' '.join(words[:3])[-60:]}", file=sys.stderr)
    said = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, env=os.environ | environment)
    answer = json.loads(said.stdout.splitlines()[-1])
    return answer["us"], answer["fired"]


def _durable_python() -> str:
    """Return a Python that has durable_rules, in an environment that only this benchmark uses."""
    python = _ENVIRONMENT / "bin/python"
    if not (_ENVIRONMENT / "ready").exists():
        venv.create(_ENVIRONMENT, with_pip=True, clear=True)
        try:
            subprocess.run([python, "-m", "pip", "install", "-q", DURABLE], check=True)
        except subprocess.CalledProcessError as error:
            raise NoPeers(f"{DURABLE} could not be installed: {error}") from error
        (_ENVIRONMENT / "ready").touch()
    return str(python)
