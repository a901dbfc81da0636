"""Which devices a rule reaches: those of its organisation and all below, narrowed by type, group and name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from onecity.kernel.actor import Actor, organisation_key
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import DeviceFilter
from onecity.platform.iot.contracts.linkage import LinkageText
from onecity.platform.iot.models import Device
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.selectors.filters import narrowed

MOST_DEVICES: Final = 50_000
"""House rule: a rule over more devices is split by organisation or group, so that a step stays short."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The devices that a rule judges, ascending, and those that its conditions name by key."""

    members: NDArray[np.int64]
    named: dict[str, int]

    @property
    def every(self) -> NDArray[np.int64]:
        """All of them, each once, ascending."""
        return np.unique(np.concatenate([self.members, np.array(list(self.named.values()), np.int64)]))


def reach_of(organisation_id: int, text: LinkageText, *, keys: Sequence[str]) -> Reach:
    """Return the devices that a rule of an organisation reaches now. keys: of the devices that its conditions name."""
    own = _of_organisation(organisation_id)
    rows = narrowed(own, DeviceFilter(type_code=text.type_code, group_id=text.group_id))
    if text.device_ids:
        rows = rows.filter(id__in=text.device_ids)
    members = np.array(rows.order_by("id").values_list("id", flat=True)[:MOST_DEVICES], np.int64)
    named = dict(own.filter(key__in=list(keys)).values_list("key", "id")) if keys else {}
    return Reach(members, named)


def reached(organisation_id: int, text: LinkageText) -> int:
    """Return how many devices a rule would judge; more than `MOST_DEVICES` are too many."""
    rows = narrowed(_of_organisation(organisation_id), DeviceFilter(type_code=text.type_code, group_id=text.group_id))
    if text.device_ids:
        rows = rows.filter(id__in=text.device_ids)
    return rows.order_by()[: MOST_DEVICES + 1].count()


def keys_within(organisation_id: int, keys: Sequence[str]) -> set[str]:
    """Return which of these keys devices of the organisation have."""
    return set(_of_organisation(organisation_id).filter(key__in=list(keys)).values_list("key", flat=True))


def commands_of(organisation_id: int, text: LinkageText, *, keys: Sequence[str]) -> set[tuple[str, int | None]]:
    """Return types, and the editions that devices keep, of whom a command goes to: named devices, or the rule's."""
    own = _of_organisation(organisation_id)
    if keys:
        rows = own.filter(key__in=list(keys))
    else:
        rows = narrowed(own, DeviceFilter(type_code=text.type_code, group_id=text.group_id))
        rows = rows.filter(id__in=text.device_ids) if text.device_ids else rows
    return set(rows.order_by().values_list("type_code", "type_edition").distinct()[:50])


def _of_organisation(organisation_id: int) -> QuerySet[Device]:
    """Return the devices in service of an organisation and all below it."""
    grants = {VIEW_DEVICES: frozenset({organisation_key(organisation_id)})}
    here = Actor("client", None, "iot.linkage", organisation_id, grants)
    rows = Device.objects.filter(identity.row_scope(here, VIEW_DEVICES).q())
    return rows.exclude(state=Device.State.RETIRED)
