"""The import as a background job."""

from collections.abc import Mapping

from onecity.kernel import clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import NotPermitted
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import DeviceImport
from onecity.platform.iot.services.imports.working import run_import
from onecity.platform.jobs.declare import Progress


def import_devices(progress: Progress, arguments: Mapping[str, object]) -> Mapping[str, object]:
    """Register the devices of a list as whoever brought it, with the rights that they have now."""
    number = arguments["import"]
    assert isinstance(number, int)
    asked_by = DeviceImport.objects.values_list("asked_by", flat=True).get(id=number)

    def step(done: int, total: int) -> None:
        progress.step(done, total=total)

    return run_import(_actor(asked_by), import_id=number, step=step, clock=clock.city_now, real_clock=clock.real_now)


def _actor(key: str) -> Actor:
    kind, _, number = key.partition(":")
    if kind != "account":
        return system_actor("iot.import")
    found = identity.account_actor(int(number))
    if found is None:
        raise NotPermitted
    return found
