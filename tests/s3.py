"""An object store of our own: moto speaks S3 as Amazon's does, over HTTP, from memory."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.waiting import wait_for

_BUCKET = "shop-archive"
_numbers = itertools.count()

_SERVE = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


class ObjectStore:
    """Runs in a process of its own; ``environment`` is what its clients need."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.environment = {
            "AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
        }  # fmt: skip

    def new_url(self) -> str:
        """Return a place in it that is empty."""
        return f"s3://{_BUCKET}/archives/{next(_numbers)}"


@contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """Run one until the end; while it runs, this process and those that it starts are its clients."""
    with (folder / "moto.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )
    assert process.stdin is not None
    assert process.stdout is not None
    store = ObjectStore(f"http://127.0.0.1:{int(process.stdout.readline())}")
    before = {name: os.environ.get(name) for name in store.environment}
    os.environ.update(store.environment)
    try:
        wait_for(lambda: _has_bucket(store.url))
        yield store
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


def _has_bucket(url: str) -> bool:
    try:
        return httpx.put(f"{url}/{_BUCKET}").is_success
    except httpx.TransportError:
        return False
