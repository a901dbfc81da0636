"""The FeatureOfInterest of observations that name none: made from where their Thing is."""

from typing import Final

from django.db import connection

from onecity.platform.iot.models import StaDatastream, StaFeature, StaLocation, StaThingLocation
from onecity.platform.iot.sensorthings.writing.fields import BadEntity

_MAKE: Final = """
    INSERT INTO iot_sta_feature (name, description, properties, organisation_id, division_code, native, encoding_type,
        feature, geometry, location_id)
    SELECT name, description, NULL, organisation_id, division_code, true, encoding_type, location, geometry, id
    FROM iot_sta_location WHERE id = %s
    ON CONFLICT (location_id) DO UPDATE SET location_id = excluded.location_id RETURNING id
"""


def feature_now(datastream_id: int) -> int | None:
    """Return the feature that an observation made now is of, if its Datastream does not say it already; else None.

    The first feature becomes its Datastream's; after a move, observations name the new one themselves.
    Raises: BadEntity where the Thing is nowhere, and it is a client's.
    Source: OGC 18-088, 10.2.1.2 (an observation without FeatureOfInterest).
    """
    stream = StaDatastream.objects.get(id=datastream_id)
    ids = StaThingLocation.objects.filter(thing_id=stream.thing_id).values_list("location_id", flat=True)
    place = StaLocation.objects.filter(id__in=list(ids)).order_by("id").first()
    if place is None:
        if stream.feature_id is None and stream.native:
            raise BadEntity(params={"field": "FeatureOfInterest"})
        return None
    feature_id = _feature_of(place)
    if stream.feature_id is None:
        StaDatastream.objects.filter(id=datastream_id, feature_id__isnull=True).update(feature_id=feature_id)
        return None
    return None if stream.feature_id == feature_id else feature_id


def _feature_of(place: StaLocation) -> int:
    there = StaFeature.objects.filter(location_id=place.id).values_list("id", flat=True).first()
    if there is not None:
        return int(there)
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [place.id])
        return int(cursor.fetchone()[0])
