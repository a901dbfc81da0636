"""The registers as a building block for others: create, read, update, list, exists, history, usage log."""

from typing import Final

from ninja import Router

from onecity.platform.registers.operations import persons

ROUTERS: Final[tuple[tuple[str, Router], ...]] = (
    ("/registers/persons", persons.router),
    ("/registers/households", persons.households),
)
"""Prefix and router of each subject, for `project.interface`."""
