"""The router on which all of the registers' operations stand."""

from typing import Final

from ninja import Router

router: Final = Router(tags=["registers"])
