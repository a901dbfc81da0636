"""Tokens for simulated devices that need one: issued anew at each start, known to nobody else."""

import asyncio
from typing import Final

from django.db import connection

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import NotFound
from onecity.platform.iot import api as iot

AGAIN_S: Final = 5.0


async def token_of(key: str) -> str:
    """Return a fresh token for a registered device, waiting until it is registered."""
    while True:
        token = await asyncio.to_thread(_issued, key)
        if token:
            return token
        await asyncio.sleep(AGAIN_S)


def _issued(key: str) -> str:
    try:
        actor = system_actor("demo.simulators")
        return iot.issue_token(actor, device_id=iot.device_by_key(actor, key).id, now=clock.real_now())
    except NotFound:
        return ""
    finally:
        connection.close()
