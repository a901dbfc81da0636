"""The registers as a building block for others: create, read, update, list, exists, history, usage log."""

from ninja import Router

from onecity.platform.registers.operations import entities, persons

router = Router()
router.add_router("/persons", persons.router)
router.add_router("/households", persons.households)
router.add_router("/entities", entities.router)
