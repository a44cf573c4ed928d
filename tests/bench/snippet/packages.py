"""The others' scripts, as their packages carry them: fetched once, held to what was pinned here, never installed."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
CACHE = ROOT / ".cache" / "bench-snippet"
PINNED = Path(__file__).parent / "packages.json"


class WrongPackage(Exception):
    """What the registry gave is not what was pinned."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package of npm, by its exact version and the hash of its archive."""

    name: str
    version: str
    integrity: str

    def folder(self) -> Path:
        """Return where its files are; they are fetched where they are not there yet. Raises WrongPackage."""
        folder = CACHE / f"{self.name.replace('/', '-')}-{self.version}"
        if not (folder / "package").exists():
            folder.mkdir(parents=True, exist_ok=True)
            archive = self._fetch(folder)
            with tarfile.open(archive) as files:
                files.extractall(folder, filter="data")
            archive.unlink()
        return folder / "package"

    def _fetch(self, folder: Path) -> Path:
        command = ["npm", "pack", f"{self.name}@{self.version}", "--json", "--pack-destination", str(folder)]
        said = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=True).stdout
        archive = folder / str(json.loads(said)[0]["filename"]).replace("@", "").replace("/", "-")
        found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{found}" != self.integrity:
            raise WrongPackage(f"{self.name} {self.version} has the hash sha512-{found}, expected {self.integrity}")
        return archive


def pinned() -> dict[str, Package]:
    """Return the packages by their names."""
    return {each["name"]: Package(**each) for each in json.loads(PINNED.read_text())}
