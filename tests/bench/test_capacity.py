"""What a shop needs is reckoned from what was measured, and from nothing else."""

from tests.bench.capacity import Shop, needs

FIGURES = {
    "engine_us": 60.0, "archiving_us": 30.0, "redis_us": 45.0, "connection_kib": 16.0, "rest_us": 0.0,
    "return_us": 600.0, "session_bytes": 1024.0, "log_bytes": 128.0,
}  # fmt: skip


def test_needs_of_a_shop_follow_from_its_shoppers() -> None:
    assert needs(Shop("a shop", 450_000), FIGURES) == [
        "40,000",  # a page every 45 s with 4 events
        "4",  # 2.4 cores of work, planned at 60 %
        "2",
        "6.9 GiB",
        "3",
        "2.0 GiB",  # those who are there and those who left in the last half hour
        "2.9 GiB",
        "8",  # 4.5 cores for a minute
    ]


def test_least_that_a_shop_needs_is_a_core() -> None:
    assert needs(Shop("a stall", 10), FIGURES)[1] == "1"
