"""What `shopbell doctor` says of the machine that an engine runs on, or is about to."""

from __future__ import annotations

import os
import resource
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import redis
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from engine.core.rule_errors import RuleErrors
from engine.core.rulefile import read_rules
from engine.core.site_folders import NamedSite, whose_folders
from engine.doctor.findings import MISSING, NOTE, OK, Finding
from engine.edge.database import database_url, migration_config, missing_file, open_database, reason_of
from engine.edge.redis_binary import find_redis_binary
from engine.edge.redis_store import clients_of, open_store
from engine.edge.redis_version import NoRedis, RedisVersion, without_password
from engine.edge.rule_files import SITES, is_rule_file, own_folders, read_files, read_own
from engine.edge.sites import Sites
from engine.edge.socket_path import socket_path
from engine.refusal import Refusal
from engine.settings import Settings

LEAST_FREE_GIB = 1
GOOD_FREE_GIB = 5
GOOD_OPEN_FILES = 10_000
MOST_DRIFT_S = 2.0
_REACH_S = 5.0


def data_folder(settings: Settings) -> Iterator[Finding]:
    """The folder for what must be kept: there, ours, and nobody else's to read."""
    folder = settings.data.resolve()
    if not folder.exists():
        yield Finding(NOTE, f"the data folder {folder} is not there yet: the engine makes it")
        return
    if not folder.is_dir():
        yield Finding(MISSING, f"{folder} is a file, expected the data folder", "name the folder: --data DIR")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(MISSING, f"the data folder {folder} may not be written to", "chown it to the engine's account")
        return
    yield Finding(OK, f"the data folder is {folder}")
    for path in (folder, folder / "secret.key"):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(MISSING, f"{path} can be read by other accounts", f"chmod go-rwx {path}")


def disk(settings: Settings) -> Iterator[Finding]:
    """Room for the counters' file, the database and the archive."""
    folder = settings.data.resolve()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free / 2**30
    if free < LEAST_FREE_GIB:
        yield Finding(MISSING, f"{free:.1f} GiB are free at {there}, expected {LEAST_FREE_GIB} at least", "make room")
    else:
        yield Finding(OK if free >= GOOD_FREE_GIB else NOTE, f"{free:.1f} GiB are free at {there}")


def redis_server(settings: Settings) -> Iterator[Finding]:
    """Redis or Valkey: new enough, keeps what it is told, and throws nothing away."""
    url = settings.redis_url
    own = socket_path(settings.data / "redis", "redis.sock")
    if url is None and not own.exists():
        try:
            yield Finding(OK, f"the engine starts a server of its own: {find_redis_binary().version}")
        except NoRedis as error:
            yield Finding(MISSING, str(error), "install valkey-server, or name a server: --redis URL")
        return
    try:
        store = open_store(url or f"unix://{own}", socket_timeout=_REACH_S, socket_connect_timeout=_REACH_S)
        for client in clients_of(store):
            yield from _redis_node(client, is_own=url is None)
        store.close()
    except (redis.RedisError, OSError) as error:
        where = without_password(url) if url else own
        if url is None:
            yield Finding(NOTE, f"the engine's own server does not run now ({where})")
        else:
            yield Finding(MISSING, f"Redis at {where} does not answer: {error}", "start it, or mend --redis")


def _redis_node(client: redis.Redis, *, is_own: bool) -> Iterator[Finding]:
    info = client.info()
    version = RedisVersion.from_info(info)
    name = "the engine's own server" if is_own else "Redis"
    if not version.new_enough:
        yield Finding(MISSING, f"{name} is {version}, too old for functions", "Redis 7.0 or Valkey 7.2 or later")
        return
    yield Finding(OK, f"{name} is {version}")
    if info.get("aof_enabled") != 1:
        yield Finding(MISSING, f"{name} keeps no append-only file: a restart forgets", "CONFIG SET appendonly yes")
    elif not is_own and not info.get("connected_slaves"):
        yield from _writing(client)
    try:
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    except redis.RedisError:
        yield Finding(NOTE, f"{name} does not say what it does when memory is full", "maxmemory-policy noeviction")
        return
    if policy != "noeviction":
        advice = "CONFIG SET maxmemory-policy noeviction"
        yield Finding(MISSING, f"{name} throws counters away when memory is full ({policy})", advice)
    yield from _clock(client)


def _writing(client: redis.Redis) -> Iterator[Finding]:
    """One server without a replica must have on its disk what it has acknowledged."""
    try:
        when = client.config_get("appendfsync").get("appendfsync")
    except redis.RedisError:
        return
    if when == "everysec":
        sentence = "Redis may lose the last two seconds of what it has acknowledged, and no replica has them"
        yield Finding(NOTE, sentence, "CONFIG SET appendfsync always, or a replica")


def _clock(client: redis.Redis) -> Iterator[Finding]:
    seconds, micros = client.time()
    drift = abs(time.time() - (seconds + micros / 1e6))
    if drift > MOST_DRIFT_S:
        sentence = f"this machine's clock and that of Redis are {drift:.1f} s apart"
        yield Finding(MISSING, sentence, "let both follow a time server (chrony, systemd-timesyncd)")
    else:
        yield Finding(OK, "this machine's clock agrees with that of Redis")


async def site_folders(settings: Settings) -> list[Finding]:
    """The folders of single sites' rules: each is named as one of the sites is."""
    url = database_url(settings.database_url, settings.data)
    if not own_folders(settings.rules) or missing_file(url):
        return []
    try:
        found = whose_folders(own_folders(settings.rules), await _named(url))
    except (Refusal, sa.exc.SQLAlchemyError, OSError):
        return []
    return [Finding(NOTE, f"{settings.rules / SITES}: {each}", "shopbell sites list") for each in found.doubts]


async def _named(url: str) -> list[NamedSite]:
    """Return the sites as the tables have them now: to look changes nothing, the version of the tables neither."""
    sites = Sites(open_database(url))
    try:
        await sites.refresh()
        return sites.named()
    finally:
        await sites.close()


async def database(settings: Settings) -> list[Finding]:
    """The database: reached, and with the tables of this version."""
    url = database_url(settings.database_url, settings.data)
    name = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    if missing_file(url):
        return [Finding(NOTE, "there is no database yet: the engine makes one (SQLite)")]
    try:
        engine = open_database(url)
        async with engine.connect() as connection:
            found, newest = await connection.run_sync(_revisions)
        await engine.dispose()
    except (Refusal, sa.exc.SQLAlchemyError, OSError) as error:
        return [Finding(MISSING, f"the database does not answer: {reason_of(error)}", "start it, or mend --database")]
    if found == newest:
        return [Finding(OK, f"the database is {name}, and has the tables of this version ({found})")]
    sentence = f"the database has the tables of {found or 'no version'}, this version has {newest}"
    return [Finding(NOTE, sentence, "the engine brings them up to date when it starts")]


def _revisions(connection: sa.Connection) -> tuple[str | None, str | None]:
    newest = ScriptDirectory.from_config(migration_config(connection)).get_current_head()
    if not sa.inspect(connection).has_table("alembic_version"):
        return None, newest
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar(), newest


def rules(settings: Settings) -> Iterator[Finding]:
    """The rules, as the engine would read them."""
    if not settings.rules.is_dir():
        yield Finding(MISSING, f"there is no folder of rules '{settings.rules}'", "name the folder: --rules DIR")
        return
    yield from _part_of_rules(settings.rules, partial(read_files, settings.rules, is_rule_file))
    for own in own_folders(settings.rules):
        yield from _part_of_rules(settings.rules / SITES / own, partial(read_own, settings.rules, own))


def _part_of_rules(folder: Path, files: Callable[[], dict[str, str]]) -> Iterator[Finding]:
    try:
        read = read_rules(files())
    except RuleErrors as errors:
        first = f"{len(errors.errors)}, the first is {errors.errors[0]}"
        yield Finding(MISSING, f"the rules in {folder} have errors: {first}", f"shopbell rules check {folder}")
    except (Refusal, OSError) as error:
        yield Finding(MISSING, f"the rules in {folder} cannot be read: {error}", "name the folder: --rules DIR")
    else:
        yield Finding(OK if read.rules else NOTE, f"the rules in {folder} can be read: {len(read.rules)}")
        for warning in read.warnings:
            yield Finding(NOTE, str(warning))


def open_files(_settings: Settings) -> Iterator[Finding]:
    """Each open page of a shopper is a file to the system."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < GOOD_OPEN_FILES:
        sentence = f"a process may open {soft:,} files: so many shoppers' pages at most"
        yield Finding(NOTE, sentence, f"ulimit -n {max(hard, 65_536)}, or LimitNOFILE=65536 in its unit")
    else:
        yield Finding(OK, f"a process may open {soft:,} files")


CHECKS: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
    ("data folder", data_folder),
    ("disk", disk),
    ("redis", redis_server),
    ("rules", rules),
    ("open files", open_files),
)
