"""What a LwM2M client's body says, whatever its format."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from onecity.platform.iot.codecs.lwm2m import senml, tlv
from onecity.platform.iot.codecs.lwm2m.objects import Kind, Scalar, kind_of
from onecity.platform.iot.codecs.lwm2m.senml import Record
from onecity.platform.iot.codecs.lwm2m.tlv import Path

_RESOURCE: Final = 3
_NO: Final = frozenset({"0", "false"})
_YES: Final = frozenset({"1", "true"})


class Format(IntEnum):
    """Content formats. Source: IANA CoAP content formats; LwM2M 1.1 Core, 7.4."""

    TEXT = 0
    LINKS = 40
    OPAQUE = 42
    SENML_JSON = 110
    SENML_CBOR = 112
    TLV = 11542


class NotReadable(ValueError):
    """The body is not of its format, or the format is not known."""


def read(data: bytes, content_format: int, *, path: Path) -> list[Record]:
    """Return what a body says of the object, instance or resource `path`.

    Raises: NotReadable.
    Source: LwM2M 1.1 Core, 7.4.
    """
    try:
        match content_format:
            case Format.SENML_JSON:
                return senml.decode_json(data)
            case Format.SENML_CBOR:
                return senml.decode_cbor(data)
            case Format.TLV:
                return [Record(entry.path, entry.value) for entry in tlv.decode(data, base=path)]
            case Format.TEXT | Format.OPAQUE if len(path) >= _RESOURCE:
                kind = Kind.OPAQUE if content_format == Format.OPAQUE else kind_of(path[0], path[2])
                return [Record(path, _plain(kind, data))]
    except (senml.NotSenml, tlv.NotTlv) as error:
        raise NotReadable(str(error)) from None
    raise NotReadable(f"content format {content_format}")


def write(values: Sequence[tuple[Path, Scalar]], content_format: int) -> bytes:
    """Return a body that says these values; all of one object instance where the format is TLV.

    Raises: NotReadable for a format that is not written.
    """
    records = [Record(path, value) for path, value in values]
    match content_format:
        case Format.SENML_JSON:
            return senml.encode_json(records)
        case Format.SENML_CBOR:
            return senml.encode_cbor(records)
        case Format.TLV:
            return tlv.encode([(path[2], value) for path, value in values], base=values[0][0][:2])
        case Format.TEXT if len(values) == 1:
            return plain_text(values[0][1])
    raise NotReadable(f"content format {content_format}")


def plain_text(value: Scalar) -> bytes:
    """Return a value as text. Source: LwM2M 1.1 Core, 7.4.1."""
    match value:
        case bool():
            return b"1" if value else b"0"
        case bytes():
            return value
        case _:
            return str(value).encode()


def _plain(kind: Kind, data: bytes) -> Scalar:
    if kind is Kind.OPAQUE:
        return _number_or_bytes(data)
    try:
        text = data.decode()
        match kind:
            case Kind.INTEGER | Kind.TIME:
                return int(text)
            case Kind.FLOAT:
                return float(text)
            case Kind.BOOLEAN:
                return {**dict.fromkeys(_NO, False), **dict.fromkeys(_YES, True)}[text.strip().lower()]
            case _:
                return text
    except (ValueError, KeyError):
        raise NotReadable(f"{data[:40]!r} is no {kind}") from None


def _number_or_bytes(data: bytes) -> Scalar:
    """Return what a resource of an unknown kind says: a number where it reads like one."""
    try:
        return float(data.decode())
    except ValueError:
        return data
