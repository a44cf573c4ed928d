"""Settings: a flag before a variable before a default, and a sentence for what cannot be."""

from pathlib import Path

import pytest

from engine.settings import OPTIONS, BadSetting, Settings, read_settings


def test_nothing_said_gives_the_defaults() -> None:
    assert read_settings({}, {}) == Settings()


def test_flag_comes_before_variable_and_variable_before_default() -> None:
    settings = read_settings({"port": "1", "host": None}, {"SHOPBELL_PORT": "2", "SHOPBELL_HOST": "::1"})
    assert (settings.port, settings.host, settings.workers) == (1, "::1", 1)


def test_what_needs_no_reading_is_taken_as_it_is() -> None:
    assert read_settings({}, {}, demo=True).demo is True


def test_every_option_is_a_setting_and_reads_its_own_default() -> None:
    for option in OPTIONS:
        default = getattr(Settings(), option.name)
        if default is not None:
            assert option.read(f"{default:g}" if isinstance(default, float) else str(default)) == default


def test_folder_in_the_operators_home_is_found() -> None:
    assert read_settings({"data": "~/shopbell"}, {}).data == Path.home() / "shopbell"


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("SHOPBELL_PORT", "eighty", "SHOPBELL_PORT is 'eighty', expected a number from 0 to 65535"),
        ("SHOPBELL_PORT", "65536", "SHOPBELL_PORT is '65536', expected a number from 0 to 65535"),
        ("SHOPBELL_HOST", " ", "SHOPBELL_HOST is ' ', expected a host name or address"),
        ("SHOPBELL_WORKERS", "0", "SHOPBELL_WORKERS is '0', expected a number from 1 to 256"),
        ("SHOPBELL_EVENTS_PER_SECOND", "-1", "SHOPBELL_EVENTS_PER_SECOND is '-1', expected a number from 0 to 1000000"),
        (
            "SHOPBELL_EVENTS_PER_SECOND",
            "nan",
            "SHOPBELL_EVENTS_PER_SECOND is 'nan', expected a number from 0 to 1000000",
        ),
        ("SHOPBELL_LOG_LEVEL", "loud", "SHOPBELL_LOG_LEVEL is 'loud', expected one of debug, info, warning, error"),
        (
            "SHOPBELL_REDIS_URL",
            "http://cache",
            "SHOPBELL_REDIS_URL is 'http://cache', "
            "expected a URL such as redis://host:6379, rediss://host:6379 or unix:///run/valkey.sock, "
            "or of a cluster such as redis+cluster://host:6379,host:6379",
        ),
        (
            "SHOPBELL_DATABASE_URL",
            "mysql://shop:s3cret@db/shop",
            "SHOPBELL_DATABASE_URL is 'mysql://***@db/shop', expected a URL such as "
            "postgresql://user:password@host/shopbell or sqlite:////var/lib/shopbell/shopbell.db",
        ),
        (
            "SHOPBELL_REDIS_URL",
            "http://cache?password=s3cret",
            "SHOPBELL_REDIS_URL is 'http://cache?***', "
            "expected a URL such as redis://host:6379, rediss://host:6379 or unix:///run/valkey.sock, "
            "or of a cluster such as redis+cluster://host:6379,host:6379",
        ),
    ],
)
def test_value_that_cannot_be_is_refused_with_a_sentence(variable: str, text: str, sentence: str) -> None:
    with pytest.raises(BadSetting) as refused:
        read_settings({}, {variable: text})
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    "text", ["postgresql://shop:s3cret@db:port/shop", "postgresql:", "sqlite:shop.db", "sqlite://", "sqlite://shop.db"]
)
def test_database_that_could_not_be_opened_or_would_forget_everything_is_refused(text: str) -> None:
    with pytest.raises(
        BadSetting, match=r"^SHOPBELL_DATABASE_URL is .*, expected a URL such as postgresql://"
    ) as refused:
        read_settings({}, {"SHOPBELL_DATABASE_URL": text})
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("query", ["db=x", "socket_timeout=soon", "databse=1"])
def test_redis_whose_address_asks_for_what_there_is_not_is_refused(query: str) -> None:
    with pytest.raises(
        BadSetting, match=r"^SHOPBELL_REDIS_URL is 'redis://cache\?\*\*\*', expected a URL such as redis:"
    ):
        read_settings({}, {"SHOPBELL_REDIS_URL": f"redis://cache?{query}"})


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache:6379/2?socket_timeout=5",
        "rediss://shop:s3cret@cache:6379?ssl_cert_reqs=none",
        "redis+cluster://one:6379,two:6379",
        "unix:///run/valkey.sock?db=1",
    ],
)
def test_redis_is_named_as_its_client_takes_it(url: str) -> None:
    assert read_settings({}, {"SHOPBELL_REDIS_URL": url}).redis_url == url


def test_refused_flag_is_named_as_it_was_said() -> None:
    with pytest.raises(BadSetting, match=r"^--port is 'x', expected"):
        read_settings({"port": "x"}, {})


def test_settings_do_not_show_passwords() -> None:
    settings = Settings(redis_url="redis://:s3cret@cache", database_url="postgresql://shop:s3cret@db/shop")
    assert "s3cret" not in repr(settings)


def test_value_may_stand_in_a_file_that_a_variable_names(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("redis://:s3cret@cache:6379\n")
    settings = read_settings({}, {"SHOPBELL_REDIS_URL_FILE": str(tmp_path / "url")})
    assert settings.redis_url == "redis://:s3cret@cache:6379"


def test_value_in_a_file_comes_behind_a_flag(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("2")
    assert read_settings({"port": "1"}, {"SHOPBELL_PORT_FILE": str(tmp_path / "port")}).port == 1


def test_value_and_file_at_once_are_refused() -> None:
    with pytest.raises(BadSetting, match="SHOPBELL_PORT and SHOPBELL_PORT_FILE are both given, expected one of them"):
        read_settings({}, {"SHOPBELL_PORT": "1", "SHOPBELL_PORT_FILE": "/run/port"})


def test_file_that_cannot_be_read_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(
        BadSetting, match=r"SHOPBELL_PORT_FILE is '.*', which cannot be read: no such file or directory"
    ):
        read_settings({}, {"SHOPBELL_PORT_FILE": str(tmp_path / "nothing")})
    (tmp_path / "odd").write_bytes(b"\xff")
    with pytest.raises(BadSetting, match="which cannot be read: it is not UTF-8"):
        read_settings({}, {"SHOPBELL_PORT_FILE": str(tmp_path / "odd")})


def test_bad_value_in_a_file_is_told_with_the_variable_that_named_it(tmp_path: Path) -> None:
    (tmp_path / "port").write_text("x")
    with pytest.raises(BadSetting, match="SHOPBELL_PORT_FILE is 'x', expected a number"):
        read_settings({}, {"SHOPBELL_PORT_FILE": str(tmp_path / "port")})


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.0/99", ""])
def test_trusted_proxies_that_are_no_addresses_are_refused(text: str) -> None:
    with pytest.raises(BadSetting, match=r"expected addresses or networks with commas between, or \*"):
        read_settings({}, {"SHOPBELL_TRUSTED_PROXIES": text})
