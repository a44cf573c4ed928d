"""`/healthz`: the process lives. `/readyz`: it can take shoppers now, or which part cannot."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter
from fastapi.responses import JSONResponse

CHECK_TIMEOUT_S = 1.0

Check = Callable[[], str | None] | Callable[[], Awaitable[str | None]]
"""Returns None where all is well, else a sentence that says what is not."""


class Health:
    """The parts that must be well for the engine to take shoppers, by name."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks

    async def problems(self) -> dict[str, str]:
        """Return the sentence of each part that is not well."""
        sentences = await asyncio.gather(*(_ask(check) for check in self._checks.values()))
        return {name: said for name, said in zip(self._checks, sentences, strict=True) if said is not None}

    def router(self) -> APIRouter:
        """Return the two routes."""
        router = APIRouter()

        @router.get("/healthz", include_in_schema=False)
        async def healthz() -> JSONResponse:
            return JSONResponse({"status": "lives"})

        @router.get("/readyz", include_in_schema=False)
        async def readyz() -> JSONResponse:
            problems = await self.problems()
            parts = {name: problems.get(name, "ok") for name in self._checks}
            return JSONResponse({"ready": not problems, "parts": parts}, status_code=503 if problems else 200)

        return router


async def _ask(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            said = check()
            return await said if inspect.isawaitable(said) else said
    except TimeoutError:
        return f"no answer within {CHECK_TIMEOUT_S:g} s"
    except Exception as error:  # noqa: BLE001 - whatever a check raises, that part is not well
        return f"check failed: {type(error).__name__}"
