"""Observations that are told within other entities: in the transaction that makes those."""

from typing import TYPE_CHECKING

import numpy as np

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.iot.contracts import Outcome
from onecity.platform.iot.models import StaDatastream
from onecity.platform.iot.sensorthings.observing.drafts import Draft, draft_of
from onecity.platform.iot.sensorthings.observing.features import feature_now
from onecity.platform.iot.sensorthings.observing.keeping import batch_of, choose_keys, keep_companions
from onecity.platform.iot.sensorthings.observing.window import check_time
from onecity.platform.iot.sensorthings.writing.fields import Body
from onecity.platform.iot.services.store import record

if TYPE_CHECKING:
    from onecity.platform.iot.sensorthings.writing.desk import Desk


class NotStored(Invalid):
    """The store does not believe an observation."""

    code = "iot.sensorthings_not_stored"
    message = zh("观测未能存入：时间不可信，或同一时刻已有不同的值")


def observe_within(desk: "Desk", body: Body, *, datastream_id: int, feature_id: int | None) -> int:
    """Store an observation and return its id.

    Raises: BadEntity; BadTime; NotStored.
    """
    draft = draft_of(body, now=desk.now)
    draft.datastream_id = datastream_id
    draft.open_clock = bool(StaDatastream.objects.values_list("native", flat=True).get(id=datastream_id))
    check_time(draft, now=desk.now)
    draft.feature_id = feature_now(datastream_id) if feature_id is None else told_feature(datastream_id, feature_id)
    choose_keys([draft])
    store_now(draft, desk=desk)
    return draft.number_id


def told_feature(datastream_id: int, feature_id: int) -> int | None:
    """Return the feature that an observation must name: None where it is its Datastream's, or becomes it."""
    stream = StaDatastream.objects.get(id=datastream_id)
    return None if stream.feature_id == feature_id else feature_id


def store_now(draft: Draft, *, desk: "Desk") -> None:
    """Store a draft whose key is chosen, in the caller's transaction.

    Raises: NotStored.
    """
    receipts = record([batch_of([draft], open_clock=draft.open_clock)], now=desk.now)
    if not np.all(receipts[0].outcome == Outcome.STORED):
        raise NotStored
    keep_companions([draft])
