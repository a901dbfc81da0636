"""Which field protocols there are: each module of this package that is named as a `declare.Protocol`."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.contract import FieldProtocol, FieldService


@cache
def entries() -> tuple[FieldProtocol | FieldService, ...]:
    """Return every field protocol.

    Raises: TypeError for a module that holds neither PROTOCOL nor SERVICE, or under another name than its own.
    """
    return tuple(_entry(code) for code in Protocol if find_spec(f"{__package__}.{code.value}") is not None)


def protocols() -> tuple[FieldProtocol, ...]:
    """Return those with listening sockets of the process."""
    return tuple(entry for entry in entries() if isinstance(entry, FieldProtocol))


def services() -> tuple[FieldService, ...]:
    """Return those that bring their own sockets."""
    return tuple(entry for entry in entries() if isinstance(entry, FieldService))


def protocol(code: str) -> FieldProtocol | None:
    """Return the protocol with this code, None if it is none with sessions."""
    return next((entry for entry in protocols() if entry.code == code), None)


def _entry(code: Protocol) -> FieldProtocol | FieldService:
    module = import_module(f"{__package__}.{code.value}")
    entry = getattr(module, "PROTOCOL", None) or getattr(module, "SERVICE", None)
    if not isinstance(entry, FieldProtocol | FieldService) or entry.code is not code:
        raise TypeError(f"{module.__name__} holds neither PROTOCOL nor SERVICE of its own name")
    return entry
