"""Facts about the request being served that audit rows and log lines carry, kept out of every signature."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestContext:
    """request_id: one request through all processes; address: the client's network address."""

    request_id: str = ""
    address: str = ""


_NONE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("onecity_request", default=_NONE)


def current() -> RequestContext:
    """Return the facts of the request being served; empty ones outside a request."""
    return _current.get()


def request_id() -> str:
    """Return the id of the request being served, or an empty text."""
    return _current.get().request_id


@contextmanager
def serving(request_id: str, *, address: str) -> Iterator[None]:
    """Hold the facts of a request while it is served."""
    token = _current.set(RequestContext(request_id=request_id, address=address))
    try:
        yield
    finally:
        _current.reset(token)
