"""Who a device is on a hot road, by the token that it shows."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from django.db import connection

from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import NotPermitted
from onecity.kernel.text import zh
from onecity.platform.iot.services.credentials import TOKEN_MARK
from onecity.web.access import SignInNeeded
from onecity.web.hot import HotRequest

Result = TypeVar("Result")
_OWNER: Final = """
    SELECT d.id, d.key FROM iot_devicecredential c JOIN iot_device d ON d.id = c.device_id
    WHERE c.digest = $1 AND c.revoked_at IS NULL AND (c.ends_at IS NULL OR c.ends_at > now()) AND d.state <> 'retired'
"""


async def owner_of(request: HotRequest, token: str) -> tuple[int, str]:
    """Return id and key of the device whose token this is.

    Raises: SignInNeeded.
    """
    row = await request.pool.fetchrow(_OWNER, sm3(token.encode()).hex()) if token else None
    if row is None:
        raise SignInNeeded
    return int(row["id"]), str(row["key"])


async def device_of(request: HotRequest) -> tuple[int, str]:
    """Return id and key of the device that the road names and whose token is shown as bearer.

    Raises: SignInNeeded; NotPermitted for the token of another device.
    """
    authorization = request.headers.get("authorization", "")
    if not authorization.startswith(f"Bearer {TOKEN_MARK}"):
        raise SignInNeeded
    number, key = await owner_of(request, authorization.removeprefix("Bearer ").strip())
    if key != request.path_values["key"]:
        raise NotPermitted(zh("该令牌不属于这台设备"))
    return number, key


async def with_database(function: Callable[[], Result]) -> Result:
    """Run a service in a thread; its connection is given back."""

    def run() -> Result:
        try:
            return function()
        finally:
            connection.close()

    return await asyncio.to_thread(run)
