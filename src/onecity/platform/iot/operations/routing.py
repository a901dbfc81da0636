"""The router on which all of iot's operations stand."""

from typing import Final

from ninja import Router

router: Final = Router(tags=["iot"])
