"""
An archive in a bucket of an object store: S3, or what speaks as S3 does.

A file is put under its name in one request that the store refuses where something has that name (``If-None-Match``),
so it is there whole or not at all, and once. What is read is fetched into a folder first: DuckDB reads it there, and
a file that is read again, as that of today is by every batch, is fetched once. A copy bears the store's own tag of
what it is a copy of; what the store does not have any more is removed here too.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from engine.edge.archive_shelf import Bucket, Overtaken, Place, clear_fresh, fresh_name
from engine.refusal import Refusal

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_ENDPOINTS = ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
_PATIENCE: RetryConfig = {"max_retries": 5}
_CALL: ClientConfig = {"timeout": "30 seconds", "allow_http": True}
"""Amazon is spoken to over TLS in any case; whether a store of one's own is, its address says."""


class BadEndpoint(Refusal):
    """The address of the object store is none; the sentence says which variable names it."""


class BucketTrouble(OSError):
    """The object store could not be asked, or refused; the sentence says which it is and what it said."""


def _check_endpoint() -> None:
    """What is no URL would end the process, not the request."""
    for name in _ENDPOINTS:
        said = os.environ.get(name)
        if said is not None and (urlsplit(said).scheme not in ("http", "https") or not urlsplit(said).hostname):
            raise BadEndpoint(f"{name} is '{said}', expected a URL such as https://storage.example:9000")


class BucketShelf:
    """One prefix of one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.place: Place = bucket
        self.scratch = bucket.cache
        self._url = bucket.url
        self._cache = bucket.cache
        self._tags: dict[str, str] = {}
        _check_endpoint()
        with self._asking():
            self._store = S3Store.from_url(bucket.url, retry_config=_PATIENCE, client_options=_CALL)
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)

    def folders(self, under: str) -> list[str]:
        """Return the common beginnings of names."""
        prefix = f"{under}/" if under else None
        with self._asking():
            found = obstore.list_with_delimiter(self._store, prefix=prefix)["common_prefixes"]
        return sorted(each.rstrip("/").rpartition("/")[2] for each in found)

    def files(self, under: str) -> list[str]:
        """Return the names under one, and forget the copies of what is there no more."""
        with self._asking():
            found = obstore.list_with_delimiter(self._store, prefix=f"{under}/")["objects"]
        tags = {each["path"]: each["e_tag"] or "" for each in found}
        self._tags = {name: tag for name, tag in self._tags.items() if name.rpartition("/")[0] != under} | tags
        copies = {self._copy(name) for name in tags}
        for path in (self._cache / under).glob("*"):
            if path not in copies:
                path.unlink(missing_ok=True)
        return sorted(name.rpartition("/")[2] for name in tags)

    def here(self, name: str) -> Path:
        """Fetch a file, if that has not been done."""
        try:
            return self._fetched(name)
        except FileNotFoundError:
            raise FileNotFoundError(f"{self._url}/{name} is gone") from None

    def _fetched(self, name: str) -> Path:
        if name not in self._tags:
            with self._asking(FileNotFoundError):
                self._tags[name] = obstore.head(self._store, name)["e_tag"] or ""
        path = self._copy(name)
        if not path.exists():
            fresh = self.fresh("")
            with self._asking(FileNotFoundError), fresh.open("wb") as file:
                for part in obstore.get(self._store, name).stream():
                    file.write(part)
            self._keep(fresh, name)
        return path

    def fresh(self, site: str) -> Path:
        """Return a path among the copies."""
        folder = self._cache / site
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder / fresh_name()

    def put_new(self, fresh: Path, name: str) -> None:
        """Put it there in one request, which is refused where something has that name."""
        try:
            with self._asking(AlreadyExistsError):
                self._tags[name] = obstore.put(self._store, name, fresh, mode="create")["e_tag"] or ""
        except AlreadyExistsError:
            fresh.unlink()
            raise Overtaken(f"{self._url}/{name} is there already") from None
        self._keep(fresh, name)

    def put_over(self, fresh: Path, name: str) -> None:
        """Put it there in one request."""
        with self._asking():
            old = self._copy(name) if name in self._tags else None
            self._tags[name] = obstore.put(self._store, name, fresh, use_multipart=False)["e_tag"] or ""
        if old is not None:
            old.unlink(missing_ok=True)
        self._keep(fresh, name)

    def remove(self, name: str) -> None:
        """Delete it, and its copy."""
        with self._asking():
            obstore.delete(self._store, name)
        self._copy(name).unlink(missing_ok=True)
        self._tags.pop(name, None)

    def drop(self, under: str) -> None:
        """Delete all under a name."""
        for name in self.files(under):
            self.remove(f"{under}/{name}")

    def clear(self, after_s: float) -> None:
        """Remove what was left half written; in the store itself nothing ever is."""
        clear_fresh(self._cache.glob("**/.new-*"), after_s)

    def _copy(self, name: str) -> Path:
        """Return where the copy of a file is: of another file under the same name it is another one."""
        tag = hashlib.sha256(self._tags.get(name, "").encode()).hexdigest()[:16]
        return self._cache / f"{name}.{tag}"

    def _keep(self, fresh: Path, name: str) -> None:
        path = self._copy(name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh.replace(path)

    @contextmanager
    def _asking(self, *for_the_caller: type[Exception]) -> Iterator[None]:
        """Say which store it was that could not be asked."""
        try:
            yield
        except for_the_caller:
            raise
        except (BaseError, FileNotFoundError, ValueError) as error:
            said = str(error).partition("\n")[0]
            raise BucketTrouble(f"the archive at {self._url} is not reachable: {said}") from None
