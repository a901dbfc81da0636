"""LwM2M 1.1 as a server reads and writes it: registration's links, TLV, SenML, plain text; nothing of sockets."""

from onecity.platform.iot.codecs.lwm2m.contents import Format, NotReadable, plain_text, read, write
from onecity.platform.iot.codecs.lwm2m.links import Links, NotLinks, read_links
from onecity.platform.iot.codecs.lwm2m.objects import FAMILY, NUMBERS, OBJECTS, Kind, Scalar, kind_of, name_of
from onecity.platform.iot.codecs.lwm2m.senml import RELATIVE_BELOW, Record
from onecity.platform.iot.codecs.lwm2m.tlv import Path

__all__ = [
    "FAMILY",
    "NUMBERS",
    "OBJECTS",
    "RELATIVE_BELOW",
    "Format",
    "Kind",
    "Links",
    "NotLinks",
    "NotReadable",
    "Path",
    "Record",
    "Scalar",
    "kind_of",
    "name_of",
    "plain_text",
    "read",
    "read_links",
    "write",
]
