"""The interface's document, read for people: operations by group with parameters, bodies and answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
_source: list[Callable[[], Document]] = []


def use(source: Callable[[], Document]) -> None:
    """Name where the OpenAPI document comes from; the composition root knows."""
    _source[:] = [source]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation."""

    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready for the page."""

    method: str
    path: str
    summary: str
    text: str
    parameters: tuple[Parameter, ...]
    body: str
    answers: tuple[tuple[str, str], ...]
    needs_token: bool

    @property
    def anchor(self) -> str:
        """Return the operation's mark within the page."""
        return f"{self.method.lower()}{self.path.replace('/', '-').replace('{', '').replace('}', '')}"


def operations() -> dict[str, list[Operation]]:
    """Return all operations by group (tag), in the document's order."""
    document = _source[0]() if _source else {}
    groups: dict[str, list[Operation]] = {}
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            group = (operation.get("tags") or [path.strip("/").split("/")[0]])[0]
            groups.setdefault(group, []).append(_operation(path, method, operation))
    return groups


def _operation(path: str, method: str, operation: Mapping[str, Any]) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        text=operation.get("description", ""),
        parameters=tuple(_parameter(item) for item in operation.get("parameters", [])),
        body=_body(operation.get("requestBody", {})),
        answers=tuple(
            (str(code), item.get("description", "")) for code, item in operation.get("responses", {}).items()
        ),
        needs_token=bool(operation.get("security", True)),
    )


def _parameter(item: Mapping[str, Any]) -> Parameter:
    schema = item.get("schema", {})
    kind = schema.get("type") or "/".join(part.get("type", "") for part in schema.get("anyOf", []) if part.get("type"))
    return Parameter(
        item["name"], item["in"], kind or "string", bool(item.get("required")), item.get("description", "")
    )


def _body(request: Mapping[str, Any]) -> str:
    for kind, content in request.get("content", {}).items():
        reference = content.get("schema", {}).get("$ref", "")
        return f"{kind} {reference.rsplit('/', 1)[-1]}".strip()
    return ""
