"""
Fuzz one target with atheris, until it finds something or its time is over: ``python -m tests.attacks.fuzz TARGET``.

What stands behind the target goes to libFuzzer, such as ``-max_total_time=60``. ``make fuzz`` runs all of them.
"""

import sys
from pathlib import Path

import atheris

CORPUS = Path(".cache/fuzz-corpus")


def main(target: str, *options: str) -> None:
    """Fuzz."""
    with atheris.instrument_imports(include=["engine"]):
        from tests.attacks.fuzzing import TARGETS, save_seeds
    corpus = CORPUS / target
    save_seeds(corpus, target)
    atheris.Setup([sys.argv[0], str(corpus), "-max_len=16500", *options], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
