"""JSON Patch: operations on an entity's own properties.

Source: RFC 6902 (JavaScript Object Notation (JSON) Patch).
"""

import copy
from collections.abc import Mapping
from typing import Final

from onecity.kernel.errors import Conflict, Invalid
from onecity.kernel.text import zh

MOST: Final = 1_000


class BadPatch(Invalid):
    """Something that is no patch, or does not fit the entity."""

    code = "iot.sensorthings_patch"
    message = zh("补丁操作无法执行：{text}")


class PatchTestFailed(Conflict):
    """A patch that is only to be applied to something else."""

    code = "iot.sensorthings_patch_test"
    message = zh("补丁中的 test 操作不成立：{text}")


def patched(before: Mapping[str, object], operations: object) -> dict[str, object]:
    """Return a document as a patch leaves it; the one given stays as it is.

    Raises: BadPatch; PatchTestFailed.
    Source: RFC 6902, 4 (operations).
    """
    if not isinstance(operations, list) or len(operations) > MOST:
        raise BadPatch(params={"text": "[]"})
    document: object = copy.deepcopy(dict(before))
    for operation in operations:
        if not isinstance(operation, dict):
            raise BadPatch(params={"text": str(operation)[:60]})
        document = _applied(document, operation)
    if not isinstance(document, dict):
        raise BadPatch(params={"text": "/"})
    return document


def _applied(document: object, operation: Mapping[str, object]) -> object:
    path = _pointer(operation.get("path"))
    match operation.get("op"):
        case "add":
            return _put(document, path, _value(operation), add=True)
        case "replace":
            _get(document, path)
            return _put(document, path, _value(operation), add=False)
        case "remove":
            return _without(document, path)
        case "move":
            source = _pointer(operation.get("from"))
            moved = _get(document, source)
            return _put(_without(document, source), path, moved, add=True)
        case "copy":
            return _put(document, path, copy.deepcopy(_get(document, _pointer(operation.get("from")))), add=True)
        case "test":
            if not _same(_get(document, path), _value(operation)):
                raise PatchTestFailed(params={"text": str(operation.get("path"))[:60]})
            return document
        case unknown:
            raise BadPatch(params={"text": str(unknown)[:60]})


def _value(operation: Mapping[str, object]) -> object:
    if "value" not in operation:
        raise BadPatch(params={"text": "value"})
    return operation["value"]


def _same(one: object, other: object) -> bool:
    """Say whether two values are equal as JSON: true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def _pointer(text: object) -> list[str]:
    """Return the names of a JSON pointer. Source: RFC 6901, 3 and 4."""
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise BadPatch(params={"text": str(text)[:60]})
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _get(document: object, path: list[str]) -> object:
    for name in path:
        document = _child(document, name)
    return document


def _child(document: object, name: str) -> object:
    if isinstance(document, dict) and name in document:
        return document[name]
    if isinstance(document, list):
        return document[_place(document, name, beyond=0)]
    raise BadPatch(params={"text": name[:60]})


def _place(values: list[object], name: str, *, beyond: int) -> int:
    if name == "-" and beyond:
        return len(values)
    if not name.isascii() or not name.isdigit() or len(name) > 9 or (name[0] == "0" and len(name) > 1):
        raise BadPatch(params={"text": name[:60]})
    if int(name) >= len(values) + beyond:
        raise BadPatch(params={"text": name[:60]})
    return int(name)


def _put(document: object, path: list[str], value: object, *, add: bool) -> object:
    if not path:
        return value
    parent, name = _get(document, path[:-1]), path[-1]
    if isinstance(parent, dict):
        parent[name] = value
    elif isinstance(parent, list):
        place = _place(parent, name, beyond=int(add))
        parent[place : place + (not add)] = [value]
    else:
        raise BadPatch(params={"text": name[:60]})
    return document


def _without(document: object, path: list[str]) -> object:
    if not path:
        raise BadPatch(params={"text": "/"})
    parent, name = _get(document, path[:-1]), path[-1]
    _child(parent, name)
    if isinstance(parent, dict):
        del parent[name]
    elif isinstance(parent, list):
        del parent[_place(parent, name, beyond=0)]
    return document
