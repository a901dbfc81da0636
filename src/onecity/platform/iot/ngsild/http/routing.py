"""Which operation a request means."""

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import asyncpg

from onecity.kernel.errors import OneCityError
from onecity.platform.iot.ngsild.http.answers import problem_answer
from onecity.platform.iot.ngsild.http.call import Call, understand
from onecity.platform.iot.ngsild.http.negotiation import JSON, LD, Media
from onecity.platform.iot.ngsild.rules.problems import (
    BadRequestData,
    InvalidRequest,
    NotAllowed,
    Problem,
    ResourceNotFound,
    Unreachable,
)
from onecity.web.errors import status_of
from onecity.web.hot import HotRequest, HotResponse

logger = logging.getLogger(__name__)
Handler = Callable[[Call], Awaitable[HotResponse]]
ROOTS: Final = ("/ngsi-ld/v1", "/api/ngsi-ld/v1")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the interface. path: below the root, `{name}` takes anything, also strokes.

    parameters: those it knows, besides `local` and `via`; others are refused. reads: changes nothing, whatever its
    method.
    """

    method: str
    path: str
    handler: Handler
    parameters: frozenset[str] = frozenset()
    offered: tuple[Media, ...] = (JSON, LD)
    has_body: bool = False
    reads: bool = False

    def pattern(self) -> re.Pattern[str]:
        """Return the expression of the whole path below the root."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>.+?)", self.path) + "/?")


def operation(
    method: str, path: str, handler: Handler, parameters: str = "", *, offered: tuple[Media, ...] = (JSON, LD),
    reads: bool = False,
) -> Operation:  # fmt: skip
    """Return an operation; its parameters are separated by blanks."""
    body = method in {"POST", "PUT", "PATCH"}
    return Operation(
        method, path, handler, frozenset(parameters.split()) | {"local", "via", "options", "format"}, offered, body,
        reads or method == "GET",
    )  # fmt: skip


class Interface:
    """All operations of the interface."""

    def __init__(self, operations: tuple[Operation, ...]) -> None:
        self._operations = [(item, item.pattern()) for item in operations]

    async def __call__(self, request: HotRequest) -> HotResponse:
        """Carry a request out, whatever it is; problems are answered as the standard says."""
        try:
            return await self._carried_out(request)
        except Problem as problem:
            return problem_answer(problem)
        except OneCityError as error:
            return problem_answer(_as_problem(error))
        except (
            asyncpg.DataError,
            asyncpg.InvalidRegularExpressionError,
            asyncpg.UntranslatableCharacterError,
        ) as error:
            return problem_answer(BadRequestData(str(error).partition("\n")[0][:200]))
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, TimeoutError):
            logger.warning("no database", exc_info=True)
            return problem_answer(Unreachable())

    async def _carried_out(self, request: HotRequest) -> HotResponse:
        path = "/" + request.path_values["rest"]
        found, parts = self._found("GET" if request.method == "HEAD" else request.method, path)
        unknown = sorted(set(request.query) - found.parameters)
        if unknown:
            raise InvalidRequest(f"no parameter {unknown[0][:60]} here")
        call = await understand(request, parts, offered=found.offered, writes=not found.reads, has_body=found.has_body)
        return await found.handler(call)

    def _found(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        others = False
        for item, pattern in self._operations:
            match = pattern.fullmatch(path)
            if match and item.method == method:
                return item, match.groupdict()
            others = others or match is not None
        if others:
            raise NotAllowed(f"{method} is not for {path}"[:300])
        raise ResourceNotFound("no such resource")


def _as_problem(error: OneCityError) -> Problem:
    problem = Problem(str(error))
    problem.status = int(status_of(error))
    problem.name = "InternalError" if problem.status >= 500 else "BadRequestData"
    return problem
