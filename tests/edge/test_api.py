"""Who may ask the API."""

from typing import Annotated

import httpx
import pytest
import redis
from fastapi import Depends, FastAPI
from sqlalchemy.exc import OperationalError

from engine.edge.api import refusals_as_sentences, site_that_asks

AWAY = (
    redis.ConnectionError("redis://:s3cret@cache"),
    redis.TimeoutError(),
    OperationalError("SELECT 'jo@shop.example'", {}, Exception("database is locked")),
    ConnectionRefusedError("postgresql is away"),
)


async def _site_of(secret: str) -> str | None:
    return {"sk_a.1": "pk_a"}.get(secret)


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    refusals_as_sentences(app)
    site = site_that_asks(_site_of)

    limited = site_that_asks(_site_of, lambda peer: peer != "127.0.0.1")

    @app.get("/v1/limited")
    async def hasty(site: Annotated[str, Depends(limited)]) -> str:
        raise AssertionError("it was let in")

    @app.get("/v1/site")
    async def whose(site: Annotated[str, Depends(site)], days: int = 1) -> str:
        return site

    @app.get("/v1/away/{number}")
    async def away(number: int) -> str:
        raise AWAY[number]

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://engine")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
async def test_secret_key_names_its_site(client: httpx.AsyncClient, scheme: str) -> None:
    answer = await client.get("/v1/site", headers={"Authorization": f"{scheme} sk_a.1"})
    assert (answer.status_code, answer.json()) == (200, "pk_a")


@pytest.mark.parametrize("said", [None, "", "Bearer", "Bearer sk_a.2", "Basic sk_a.1", "sk_a.1"])
async def test_everybody_else_is_refused_with_a_sentence(client: httpx.AsyncClient, said: str | None) -> None:
    answer = await client.get("/v1/site", headers={} if said is None else {"Authorization": said})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"error": "expected the header 'Authorization: Bearer sk_...'"}


@pytest.mark.parametrize("number", range(len(AWAY)))
async def test_store_that_does_not_answer_is_told_in_a_sentence_without_its_own_words(
    client: httpx.AsyncClient, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await client.get(f"/v1/away/{number}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert answer.json() == {"error": "what this needs is not reachable, try again in a minute"}
    told = [each.getMessage() for each in caplog.records if each.name == "shopbell.api"]
    assert told == [f"a request could not be answered now: {type(AWAY[number]).__name__}"]


async def test_wrong_parameter_is_refused_with_its_name(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/site?days=some", headers={"Authorization": "Bearer sk_a.1"})
    assert answer.status_code == 422
    assert answer.json()["error"].startswith("days: ")


async def test_address_that_asks_too_often_is_told_to_wait_before_its_key_is_looked_up(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/v1/limited", headers={"Authorization": "Bearer sk_a.1"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert answer.json() == {"error": "too many requests, try again in a minute"}
