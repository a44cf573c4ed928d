"""
Make a copy of the engine whose hot path is compiled: ``compile_engine.py FOLDER [--if-possible] [--unoptimised]``.

The sources are the same. mypyc makes C of the modules that every event passes, and ``engine/native/hot.c`` is C
already. What runs from the checkout stays pure Python: a compiled module beside its source would hide every change
of it. Needs mypy, setuptools and a C compiler; with ``--if-possible`` it says in a sentence what is missing, and
the engine runs without. With ``--unoptimised`` the C compiler takes a third of its time for what mypyc made: enough for
tests, and nothing to measure. What is there already and optimised is good for both.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
import sysconfig
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
HOT_PATH = (
    *("core/arm", "core/arm_windows", "core/chances", "core/compile", "core/compiled_rule", "core/counters"),
    *("core/events", "core/judge", "core/plan"),
    *("core/holdout", "core/private_words", "core/variants"),
    *("core/ruleset", "core/sieve", "core/stages", "core/tracking", "core/view", "core/wire"),
    *("edge/cluster_lane", "edge/cluster_map", "edge/event_log", "edge/keys", "edge/lane"),
    *("edge/lane_port", "edge/pipe", "edge/telemetry", "edge/visitor_state"),
    "pipeline",
    # what replays recorded visitors: not on the way of an event, but a million of them are replayed at once
    *("core/arbiter_model", "core/backtest", "core/engine_model", "core/replay"),
    *("core/store_model", "core/store_verbs"),
)
"""
The modules that are compiled. All are plain Python; what mypyc cannot take as it is must stay out of them: exceptions,
and the checks of what an event says, which compiled code would make numbers of, or refuse, by their annotations.
"""

_STAMP = "compiled-from"
_UNOPTIMISED = " unoptimised"
_BESIDE = ("js-snippet", "rules")


class CannotCompile(Exception):
    """Something that compiling takes is not here; the sentence says what."""


def main() -> int:
    """Do as the command line says."""
    parser = argparse.ArgumentParser(description="Compile the engine's hot path.")
    parser.add_argument("folder", type=Path, help="where the compiled package goes; what is there is replaced")
    parser.add_argument("--if-possible", action="store_true", help="end well where it cannot be compiled")
    parser.add_argument("--unoptimised", action="store_true", help="compile for tests, in half of the time")
    asked = parser.parse_args()
    try:
        compile_into(asked.folder.resolve(), optimised=not asked.unoptimised)
    except CannotCompile as error:
        sys.stderr.write(f"the engine is not compiled and runs as pure Python: {error}\n")
        return 0 if asked.if_possible else 1
    return 0


def compile_into(folder: Path, *, optimised: bool = True) -> None:
    """Compile the engine of this checkout into ``folder``, unless it is there already. Raises CannotCompile."""
    stamp, wanted = folder / _STAMP, _digest()
    good = (wanted,) if optimised else (wanted, wanted + _UNOPTIMISED)
    if stamp.exists() and stamp.read_text() in good:
        return
    shutil.rmtree(folder, ignore_errors=True)
    _require_tools()
    sys.stderr.write("compiling the engine's hot path (a minute, once)\n")
    _copy(folder)
    try:
        _build(folder, optimised=optimised)
    except (Exception, SystemExit) as error:  # setuptools ends the program where the compiler fails
        shutil.rmtree(folder, ignore_errors=True)
        raise CannotCompile(f"the compiler failed: {error}") from error
    shutil.rmtree(folder / "build")
    stamp.write_text(good[-1])


def _digest() -> str:
    """Return what tells one state of the sources, on one Python, from another."""
    digest = hashlib.sha256(sys.version.encode() + Path(__file__).read_bytes())
    for path in sorted(_sources()):
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def _sources() -> list[Path]:
    package = CHECKOUT / "engine"
    return [each for each in package.rglob("*") if each.is_file() and each.suffix not in (".so", ".pyc")]


def _require_tools() -> None:
    try:
        import mypyc.build  # noqa: F401
        import setuptools  # noqa: F401
    except ImportError as error:
        raise CannotCompile(f"{error.name} is not installed") from error
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        raise CannotCompile(f"there is no C compiler '{compiler}'")
    if not Path(sysconfig.get_paths()["include"], "Python.h").exists():
        raise CannotCompile("Python's C headers are not installed")


def _copy(folder: Path) -> None:
    ignored = shutil.ignore_patterns("*.so", "__pycache__")
    shutil.copytree(CHECKOUT / "engine", folder / "engine", ignore=ignored)
    for name in _BESIDE:
        (folder / name).symlink_to(CHECKOUT / name)


def _build(folder: Path, *, optimised: bool) -> None:
    from mypyc.build import mypycify
    from setuptools import Extension, setup

    before = Path.cwd()
    os.chdir(folder)
    os.environ.setdefault("MYPY_CACHE_DIR", str(folder / "build" / "mypy"))
    modules = [f"engine/{name}.py" for name in HOT_PATH]
    extensions = mypycify(modules, opt_level="2" if optimised else "0", debug_level="0", multi_file=True)
    sources = sorted(map(str, Path("engine/native").glob("*.c")))
    extensions.append(Extension("engine.native.hot", sources, extra_compile_args=["-O2"]))
    setup(
        name="shopbell-compiled",
        packages=["engine"],
        ext_modules=extensions,
        script_args=["--quiet", "build_ext", "--inplace"],
        options={"build_ext": {"parallel": os.cpu_count()}},
    )
    os.chdir(before)


if __name__ == "__main__":
    sys.exit(main())
