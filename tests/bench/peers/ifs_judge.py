"""Judging with plain ifs in Python, by itself: ``ifs_judge RULES FACTS``; prints µs of CPU for one event."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.peers.plain_ifs import plain_ifs


def main(rules: Path, facts: Path) -> None:
    """Judge every line of facts."""
    judge = plain_ifs(json.loads(rules.read_text()), rules.parent)
    lines = [json.loads(line) for line in facts.read_text().splitlines()]
    began = time.process_time()
    fired = sum(len(judge(line)) for line in lines)
    print(json.dumps({"us": (time.process_time() - began) / len(lines) * 1e6, "fired": fired}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
