"""The programming interface of the registers."""

from onecity.platform.registers.operations import entities
from onecity.platform.registers.operations.routing import router

__all__ = ["entities", "router"]
