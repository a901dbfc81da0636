"""The core context: the names that the standard itself defines, and what they mean."""

import re
from typing import Final

URL: Final = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
_VERSIONS: Final = re.compile(
    r"https?://uri\.etsi\.org/ngsi-ld/v1/ngsi-ld-core-context(-v1\.\d{1,2}(\.\d{1,2})?)?\.jsonld"
)
_PLAIN: Final = """
    Attribute AttributeList ContextSourceIdentity ContextSourceNotification ContextSourceRegistration Date DateTime
    EntityType EntityTypeInfo EntityTypeList GeoProperty JsonProperty LanguageProperty ListProperty ListRelationship
    Notification Property Relationship Subscription TemporalProperty Time VocabProperty accept attrs cacheDuration
    contextSourceAlias contextSourceInfo contextSourceUptime cooldown csf data detail endpoint entities pick omit
    jsonKeys entity entityCount error errors format geoQ geoproperty georel idPattern information isActive join lang
    linkedMaps localOnly location management managementInterval mode notification notificationTrigger notifierInfo
    notUpdated observationInterval observationSpace operationSpace operations q reason receiverInfo refreshRate
    registrationId registrationName scope scopeQ showChanges status subscriptionName sysAttrs temporalQ throttling
    timeInterval timeout timeproperty timerel timesFailed timesSent triggerReason unchanged unitCode updated uri
"""
_RENAMED: Final = {
    "containedBy": "isContainedBy",
    "entityMap": "hasEntityMap",
    "joinLevel": "hasJoinLevel",
    "key": "hasKey",
    "previousValue": "hasPreviousValue",
    "value": "hasValue",
}
_INSTANTS: Final = """
    contextSourceTimeAt createdAt deletedAt endAt endTimeAt expiresAt lastFailure lastNotification lastSuccess
    modifiedAt notifiedAt observedAt startAt timeAt
"""
_TERMS: Final = {
    **{name: name for name in ("attributeList", "attributeName", "attributeNames", "attributeTypes", "attributes")},
    **{name: name for name in ("propertyNames", "relationshipNames", "typeList", "typeName", "typeNames")},
    "objectType": "hasObjectType",
    "previousVocab": "hasPreviousVocab",
    "vocab": "hasVocab",
    "watchedAttributes": "watchedAttributes",
}
_REFERENCES: Final = {
    **{name: name for name in ("datasetId", "entityId", "instanceId", "subscriptionId", "success", "tenant")},
    "object": "hasObject",
    "previousObject": "hasPreviousObject",
}
_LISTS: Final = {
    **{name: name for name in ("avg", "distinctCount", "entityList", "max", "min", "stddev", "sum", "sumsq")},
    "jsons": "jsons",
    "languageMaps": "hasLanguageMaps",
    "objectList": "hasObjectList",
    "objects": "hasObjects",
    "objectsLists": "hasObjectsLists",
    "previousObjectList": "hasPreviousObjectList",
    "previousValueList": "hasPreviousValueList",
    "totalCount": "totalCount",
    "valueList": "hasValueList",
    "valueLists": "hasValueLists",
    "values": "hasValues",
    "vocabs": "hasVocabs",
}
_GEOJSON: Final = """
    Feature FeatureCollection GeometryCollection LineString MultiLineString MultiPoint MultiPolygon Point Polygon
    geometry properties
"""


def is_core(url: object) -> bool:
    """Say whether a context is some version of the core context, which every request has anyway."""
    return isinstance(url, str) and bool(_VERSIONS.fullmatch(url))


def _core() -> dict[str, object]:
    found: dict[str, object] = {
        "@version": 1.1,
        "@protected": True,
        "ngsi-ld": "https://uri.etsi.org/ngsi-ld/",
        "geojson": "https://purl.org/geojson/vocab#",
        "id": "@id",
        "type": "@type",
        "description": "http://purl.org/dc/terms/description",
        "title": "http://purl.org/dc/terms/title",
    }
    found |= {name: f"ngsi-ld:{name}" for name in _PLAIN.split()}
    found |= {name: f"geojson:{name}" for name in _GEOJSON.split()}
    found |= {name: f"ngsi-ld:{meaning}" for name, meaning in _RENAMED.items()}
    found |= {name: {"@id": f"ngsi-ld:{name}", "@type": "DateTime"} for name in _INSTANTS.split()}
    found |= {name: {"@id": f"ngsi-ld:{meaning}", "@type": "@vocab"} for name, meaning in _TERMS.items()}
    found |= {name: {"@id": f"ngsi-ld:{meaning}", "@type": "@id"} for name, meaning in _REFERENCES.items()}
    found |= {name: {"@id": f"ngsi-ld:{meaning}", "@container": "@list"} for name, meaning in _LISTS.items()}
    for name, meaning in (("json", "hasJSON"), ("previousJson", "hasPreviousJson")):
        found[name] = {"@id": f"ngsi-ld:{meaning}", "@type": "@json"}
    found["contextSourceExtras"] = {"@id": "ngsi-ld:contextSourceExtras", "@type": "@json"}
    for name, meaning in (("languageMap", "hasLanguageMap"), ("previousLanguageMap", "hasPreviousLanguageMap")):
        found[name] = {"@id": f"ngsi-ld:{meaning}", "@container": "@language"}
    found["dataset"] = {"@id": "ngsi-ld:hasDataset", "@container": "@index"}
    found["bbox"] = {"@id": "geojson:bbox", "@container": "@list"}
    found["coordinates"] = {"@id": "geojson:coordinates", "@container": "@list"}
    found["features"] = {"@id": "geojson:features", "@container": "@set"}
    found["@vocab"] = "https://uri.etsi.org/ngsi-ld/default-context/"
    return found


CORE: Final = _core()
"""Source: ETSI GS CIM 009 V1.8.1, annex B."""
