"""
Look at what Shopbell is made of: ``make audit``, or ``python tools/audit.py VENV FOLDER``.

Known vulnerabilities of the pinned packages (pip-audit) and of the snippet's tools (npm audit), secrets in the
repository (detect-secrets), licences of what the engine runs with (pip-licenses), and a list of all its parts
(CycloneDX, ``dist/sbom.json``). The tools go into FOLDER, not into VENV. Where the service that knows of
vulnerabilities does not answer, that is said, and is no failure: nothing was found out, good or bad.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = ("pip-audit==2.10.1", "detect-secrets==1.5.0", "pip-licenses==5.5.5", "cyclonedx-bom==7.5.0")
FREE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Mozilla|MPL-2\.0|CNRI-Python|Unlicense|Zlib|0BSD|Public Domain"
)
"""A package must offer at least one of these; all of them may be given away with the engine."""

READ = {"aiofastnet": "MIT", "picows": "MIT"}
"""Packages that do not name their licence where tools look for it, as it was read in their licence files."""

_NOT_SCANNED = re.compile(r"^tests/|^tools/no-secrets\.json$|^js-snippet/dist/|lock(\.json)?$|\.(png|webp|svg|ico)$")
"""Tests have made-up secrets, and what is built or locked is full of hashes."""

Found = tuple[bool | None, str]
"""Whether all is well, None where that cannot be known, and what was found."""

_MARKS = {True: "ok ", False: "BAD", None: "?  "}


def main(venv: Path, folder: Path) -> int:
    """Do all of it; return 1 if anything is wrong."""
    tools = _tools(folder)
    checks = {
        "vulnerabilities of packages": _packages(tools, folder),
        "vulnerabilities of the snippet's tools": _snippet_tools(),
        "secrets": _secrets(tools),
        "licences": _licences(tools, venv),
        "list of parts": _parts(tools),
    }
    for name, (is_well, said) in checks.items():
        print(f"{_MARKS[is_well]} {name}: {said}")
    return 1 if any(is_well is False for is_well, _ in checks.values()) else 0


def _tools(folder: Path) -> Path:
    """Install the tools, unless these very versions are there; return where their commands are."""
    stamp = folder / f"installed-{hashlib.sha256(repr(TOOLS).encode()).hexdigest()[:12]}"
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "-qq", *TOOLS], check=True)
        stamp.touch()
    return folder / "bin"


def _packages(tools: Path, folder: Path) -> Found:
    report = folder / "packages.json"
    report.unlink(missing_ok=True)
    _run(str(tools / "pip-audit"), "-r", "requirements.lock", "--disable-pip", "--format", "json", "-o", str(report))
    if not report.exists():
        return None, "not known, the service does not answer"
    packages: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["dependencies"]
    asked = [each for each in packages if "vulns" in each]
    if not asked:
        return None, "not known, the service knows none of them (does it answer from here?)"
    bad = [f"{each['name']} {vuln['id']}" for each in asked for vuln in each["vulns"]]
    skipped = len(packages) - len(asked)
    unknown = f"; {skipped} of {len(packages)} are not known to the service" if skipped else ""
    return not bad, (", ".join(bad) or f"none in {len(asked)} packages") + unknown


def _snippet_tools() -> Found:
    npm = shutil.which("npm")
    if npm is None:
        return None, "not known, npm is not installed"
    answer = json.loads(_run(npm, "audit", "--json", folder="js-snippet") or "{}")
    if "vulnerabilities" not in answer:
        return None, "not known, the service does not answer"
    bad = sorted(answer["vulnerabilities"])
    return not bad, ", ".join(bad) or "none"


def _secrets(tools: Path) -> Found:
    files = [each for each in _run("git", "ls-files").splitlines() if not _NOT_SCANNED.search(each)]
    found = json.loads(_run(str(tools / "detect-secrets"), "scan", *files))["results"]
    known = json.loads((CHECKOUT / "tools" / "no-secrets.json").read_text("utf-8"))
    bad = [
        f"{path}:{each['line_number']} ({each['type']})"
        for path, each in ((path, each) for path in found for each in found[path])
        if each["hashed_secret"] not in known
    ]
    return not bad, ", ".join(bad) or f"none in {len(files)} files"


def _licences(tools: Path, venv: Path) -> Found:
    locked = {
        line.partition("==")[0] for line in Path("requirements.lock").read_text("utf-8").splitlines() if "==" in line
    }
    listed = json.loads(_run(str(tools / "pip-licenses"), "--python", str(venv / "bin" / "python"), "--format=json"))
    ours = [each for each in listed if each["Name"].lower().replace("_", "-") in locked]
    said = {each["Name"]: READ.get(each["Name"], each["License"]) for each in ours}
    bad = [f"{name} ({licence})" for name, licence in said.items() if not FREE.search(licence)]
    return not bad, ", ".join(bad) or f"all {len(ours)} may be given away with the engine"


def _parts(tools: Path) -> Found:
    Path("dist").mkdir(exist_ok=True)
    command = ["requirements", "requirements.lock", "--pyproject", "pyproject.toml", "--output-reproducible"]
    _run(str(tools / "cyclonedx-py"), *command, "-o", "dist/sbom.json")
    parts = json.loads(Path("dist/sbom.json").read_text("utf-8"))["components"]
    return bool(parts), f"{len(parts)} in dist/sbom.json"


def _run(*command: str, folder: str = ".") -> str:
    """Return what a program prints; whether it is content is said in that."""
    return subprocess.run(command, cwd=CHECKOUT / folder, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
