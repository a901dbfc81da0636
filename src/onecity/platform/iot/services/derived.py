"""Values that the platform computes from readings: datastreams for them, and the values themselves."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import transaction

from onecity.kernel.errors import NotFound
from onecity.platform.iot.contracts import Batch, DatastreamKey, Derived, DerivedValue, Outcome, Readings
from onecity.platform.iot.models import Datastream, Device
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.rules.quality import code
from onecity.platform.iot.rules.series import unit_of
from onecity.platform.iot.services.store import correct, record


def datastreams_for(wanted: Sequence[DatastreamKey], *, now: datetime) -> dict[DatastreamKey, int]:
    """Return the ids of datastreams, made where there is none yet. now: city time.

    Raises: NotFound if a device does not exist.
    """
    types = dict(Device.objects.filter(id__in={key.device_id for key in wanted}).values_list("id", "type_code"))
    if any(key.device_id not in types for key in wanted):
        raise NotFound
    found = _standing(wanted)
    missing = [key for key in dict.fromkeys(wanted) if key not in found]
    if missing:
        rows = [_row(key, types[key.device_id], now=now) for key in missing]
        Datastream.objects.bulk_create(rows, ignore_conflicts=True)
        found |= _standing(missing)
    return found


def record_derived(values: Sequence[DerivedValue], *, now: datetime) -> Derived:
    """Store computed values; what was computed before for the same instant is put right. now: city time.

    It runs on Django's connection of this thread: durable when it returns, or with the commit of the caller's
    transaction. It locks the values' devices, so call it once in a transaction and with all its values.
    New values are judged by the rules and announced like a device's; a corrected one is not judged again.
    Raises: UnknownDatastream; Unavailable if other writers kept overtaking this one.
    """
    batch = _batch(values)
    with transaction.atomic():
        outcome = record([batch], now=now)[0].outcome
        changed = outcome == Outcome.CONFLICTING
        if changed.any():
            _correct(batch, changed, now=now)
    return Derived(int(np.count_nonzero(outcome == Outcome.STORED)), int(np.count_nonzero(changed)))


def _batch(values: Sequence[DerivedValue]) -> Batch:
    return Batch(
        np.array([item.datastream_id for item in values], np.int32),
        np.array([micros(item.at) for item in values], np.int64),
        np.array([np.nan if item.result is None else item.result for item in values], np.float64),
        np.array([code(item.quality) for item in values], np.uint8),
        np.arange(len(values), dtype=np.int32),
    )


def _correct(batch: Batch, changed: "np.typing.NDArray[np.bool_]", *, now: datetime) -> None:
    places = np.flatnonzero(changed)
    order = places[np.lexsort((batch.at[places], batch.datastream[places]))]
    found = Readings(batch.datastream, batch.at, batch.result, batch.quality).where(order)
    again = (found.datastream[1:] == found.datastream[:-1]) & (found.at[1:] == found.at[:-1])
    correct(found.where(np.append(~again, True)), now=now)  # of several under one key the last


def _standing(wanted: Sequence[DatastreamKey]) -> dict[DatastreamKey, int]:
    asked = set(wanted)
    rows = Datastream.objects.filter(device_id__in={key.device_id for key in asked})
    names = rows.values_list("id", "device_id", "property_code", "period", "sub_value")
    found = {DatastreamKey(*row[1:]): row[0] for row in names}
    return {key: found[key] for key in asked if key in found}


def _row(key: DatastreamKey, type_code: str, *, now: datetime) -> Datastream:
    kind = device_types().get(type_code)
    observed = kind.observed(key.property_code) if kind else None
    return Datastream(
        device_id=key.device_id,
        property_code=key.property_code,
        period=key.period,
        sub_value=key.sub_value,
        unit=unit_of(observed, key.sub_value),
        wire_name=key.property_code,
        mapped=observed is not None,
        created_at=now,
    )
