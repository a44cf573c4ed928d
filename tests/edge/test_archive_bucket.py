"""An archive in a bucket: a name is given once, copies here are of what is there now, and trouble is said."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import redis

from engine.edge.archive import Archive
from engine.edge.archive_bucket import BadEndpoint, BucketShelf, BucketTrouble
from engine.edge.archive_erasing import erase
from engine.edge.archive_files import NoObjectStore, day_of
from engine.edge.archive_reading import Recordings, Span
from engine.edge.archive_shelf import Bucket, Overtaken
from engine.edge.backtests import Draft, backtest
from engine.edge.keys import log_key
from engine.edge.replays import Source
from engine.settings import BadSetting, read_settings
from tests.edge.archives import NOON, SITE, an_archiver, archived, log_events
from tests.s3 import ObjectStore

NAME = "site=pk_shop/day=2026-11-21/0.0000000000000-000000.parquet"
UNDER = "site=pk_shop/day=2026-11-21"


@pytest.fixture
def nodes(s3: ObjectStore, tmp_path: Path) -> Callable[[], Bucket]:
    """Makes machines that share one place, each with copies of its own."""
    url = s3.new_url()
    numbers = iter(range(9))
    return lambda: Bucket(url, tmp_path / f"copies{next(numbers)}")


def written(shelf: BucketShelf, text: str) -> Path:
    path = shelf.fresh("site=pk_shop")
    path.write_text(text)
    return path


def test_of_two_who_put_a_file_under_one_name_one_is_refused(nodes: Callable[[], Bucket]) -> None:
    one, other = BucketShelf(nodes()), BucketShelf(nodes())
    one.put_new(written(one, "one"), NAME)
    late = written(other, "other")
    with pytest.raises(Overtaken, match="is there already"):
        other.put_new(late, NAME)
    assert not late.exists()
    assert one.here(NAME).read_text() == other.here(NAME).read_text() == "one"


def test_copies_of_what_was_replaced_or_removed_elsewhere_go(nodes: Callable[[], Bucket]) -> None:
    one, other = BucketShelf(nodes()), BucketShelf(nodes())
    one.put_new(written(one, "a shopper"), NAME)
    assert other.files(UNDER) == ["0.0000000000000-000000.parquet"]
    old = other.here(NAME)
    one.put_over(written(one, "nobody"), NAME)
    assert [path.read_text() for path in one.scratch.rglob("*.parquet.*")] == ["nobody"]
    other.files(UNDER)
    assert not old.exists()
    assert other.here(NAME).read_text() == "nobody"
    one.remove(NAME)
    assert other.files(UNDER) == []
    assert [path for path in other.scratch.rglob("*") if path.is_file()] == []


def test_file_that_is_gone_is_not_found(nodes: Callable[[], Bucket]) -> None:
    one, other = BucketShelf(nodes()), BucketShelf(nodes())
    with pytest.raises(FileNotFoundError):
        one.here(NAME)
    one.put_new(written(one, "one"), NAME)
    other.files(UNDER)
    one.drop(UNDER)
    one.remove(NAME)
    with pytest.raises(FileNotFoundError):
        other.here(NAME)


def test_names_are_listed_by_folder(nodes: Callable[[], Bucket]) -> None:
    shelf = BucketShelf(nodes())
    shelf.put_new(written(shelf, "one"), NAME)
    shelf.put_new(written(shelf, "two"), NAME.replace("11-21", "11-22"))
    assert shelf.folders("") == ["site=pk_shop"]
    assert shelf.folders("site=pk_shop") == ["day=2026-11-21", "day=2026-11-22"]
    assert shelf.folders("site=pk_other") == []


def test_store_that_cannot_be_asked_is_named(tmp_path: Path, s3: ObjectStore) -> None:
    assert s3.url
    shelf = BucketShelf(Bucket("s3://no-such-bucket/x", tmp_path))
    with pytest.raises(BucketTrouble, match="the archive at s3://no-such-bucket/x is not reachable: "):
        shelf.put_new(written(shelf, "one"), NAME)


@pytest.mark.parametrize("said", ["nonsense", "storage:9000", "https://"])
def test_address_of_a_store_that_is_none_is_refused(said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", said)
    with pytest.raises(BadEndpoint, match=f"^AWS_ENDPOINT_URL is '{said}', expected a URL such as https://storage"):
        BucketShelf(Bucket("s3://bucket", tmp_path))


def test_every_node_reads_what_any_has_archived(
    nodes: Callable[[], Bucket], redis_url: str, request: pytest.FixtureRequest
) -> None:
    with redis.Redis.from_url(redis_url) as store:
        log_events(store, [(f"v{n}", "docaaa", 1) for n in range(9)], NOON)
        an_archiver(redis_url, nodes()).run_once()
        log_events(store, [(f"v{n}", "docaaa", 2) for n in range(9)], NOON + 5)
        assert an_archiver(redis_url, nodes()).run_once() == 9
        assert not store.xlen(log_key(SITE, 0))
    recordings = Recordings(nodes())
    assert recordings.sites() == [SITE]
    assert [each.seq for each in recordings.of_visitor(SITE, "v3")] == [1, 2]
    assert recordings.complete_since_ms(SITE) == 0
    rules = "- {rule: back, when: [count(login) > 1], show: {chat: {text: Hello}}}"
    source = Source(nodes(), SITE, Span(NOON - 1, NOON + 60_000))
    found = backtest(source, Draft({"draft.yaml": rules}, {"site.yaml": "holdout: 0%"}), lambda _share: None, 2)
    assert len(found.reached) == 9


def test_erased_visitor_is_in_no_copy_of_the_node_that_erased(nodes: Callable[[], Bucket], redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as store:
        log_events(store, [("v1", "docaaa", 1), ("v2", "docbbb", 1)], NOON)
        place = nodes()
        an_archiver(redis_url, place).run_once()
        archive = Archive(place)
        assert erase(archive, SITE, ["v1"]) == 1
        assert archived(nodes()) == [("v2", "docbbb", 1)]
        [file] = archive.folder.files(SITE, day_of(NOON))
        assert [path for path in place.cache.rglob("*.parquet*") if path != file.path] == []
        # archiving goes on where it was
        log_events(store, [("v2", "docbbb", 2)], NOON + 1)
        assert an_archiver(redis_url, nodes()).run_once() == 1


def test_request_that_was_answered_too_late_is_no_second_file(nodes: Callable[[], Bucket], redis_url: str) -> None:
    """The client asks again, and is told that the name is taken: by itself."""
    with redis.Redis.from_url(redis_url) as store:
        log_events(store, [("v1", "docaaa", 1)], NOON)
        slow = an_archiver(redis_url, nodes())
        put = slow._archive.folder._shelf.put_new

        def twice(fresh: Path, name: str) -> None:
            copy = fresh.with_name(".new-again")
            copy.write_bytes(fresh.read_bytes())
            put(fresh, name)
            put(copy, name)

        slow._archive.folder._shelf.put_new = twice  # type: ignore[method-assign]
        assert slow.run_once() == 0
        assert store.xlen(log_key(SITE, 0)) == 1
        log_events(store, [("v1", "docaaa", 2)], NOON + 1)
        assert an_archiver(redis_url, nodes()).run_once() == 1
        assert archived(nodes()) == [("v1", "docaaa", 1), ("v1", "docaaa", 2)]


def test_without_the_package_the_refusal_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    monkeypatch.delitem(sys.modules, "engine.edge.archive_bucket", raising=False)
    with pytest.raises(NoObjectStore, match=r"^the archive is at s3://b/p, expected the package obstore: pip install "):
        Archive(Bucket("s3://b/p", tmp_path))


def test_setting_is_a_folder_or_a_place_in_an_object_store(tmp_path: Path) -> None:
    flags = {"archive": "s3://bucket/shop/", "data": str(tmp_path)}
    assert read_settings(flags, {}).archive_folder == Bucket("s3://bucket/shop", tmp_path / "archive-copies")
    assert read_settings({"archive": "/srv/archive"}, {}).archive_folder == Path("/srv/archive")
    assert read_settings({"data": str(tmp_path)}, {}).archive_folder == tmp_path / "archive"


@pytest.mark.parametrize("url", ["http://bucket/x", "s3://", "s3://key:secret@bucket/x", "s3://bucket?region=x"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(BadSetting, match=r"^--archive is .*, expected a folder or a URL such as s3://bucket/prefix$"):
        read_settings({"archive": url}, {})


def test_days_are_forgotten_in_a_bucket_too(nodes: Callable[[], Bucket], redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as store:
        log_events(store, [("v1", "docaaa", 1)], NOON)
        place = nodes()
        an_archiver(redis_url, place).run_once()
        assert Archive(place).folder.forget(date.max) == 1
        assert archived(nodes()) == []
