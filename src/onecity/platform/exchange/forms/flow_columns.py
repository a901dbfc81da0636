"""The editor's line for one column: what it maps to and how it is checked, as the form writes it and back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType

DIMENSION_OF: Final[Mapping[CheckKind, str]] = {
    CheckKind.NOT_NULL: "completeness",
    CheckKind.UNIQUE: "consistency",
    CheckKind.CODE_LIST: "conformity",
    CheckKind.RANGE: "accuracy",
    CheckKind.LENGTH: "conformity",
    CheckKind.PATTERN: "conformity",
    CheckKind.IDENTIFIER: "accuracy",
    CheckKind.REFERENCE: "consistency",
    CheckKind.EXPRESSION: "consistency",
}


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One line, all as text: "1" for a ticked box. source: empty for a column that is computed alone."""

    source: str = ""
    use: str = ""
    target: str = ""
    type: str = "text"
    expression: str = ""
    codes: str = ""
    key: str = ""
    mask: str = ""
    required: str = ""
    unique: str = ""
    identifier: str = ""
    low: str = ""
    high: str = ""
    shortest: str = ""
    longest: str = ""
    pattern: str = ""
    list: str = ""
    reference: str = ""
    warn: str = ""

    def map(self) -> ColumnMap:
        """Return how the target's column comes about."""
        return ColumnMap(
            target=self.target.strip(),
            type=LogicalType(self.type),
            source="" if self.expression.strip() else self.source,
            expression=self.expression.strip(),
            codes=dict(_pairs(self.codes)),
        )

    def shape(self, source: ColumnShape | None) -> ColumnShape:
        """Return the target's column; it takes length and digits of a source of the same type."""
        same = source is not None and source.type == self.type and not self.expression and not self.codes
        return ColumnShape(
            name=self.target.strip(),
            type=LogicalType(self.type),
            nullable=not self.key,
            length=source.length if same and source else None,
            precision=source.precision if same and source else None,
            scale=source.scale if same and source else None,
            title=source.title if source else "",
        )

    def checks(self) -> Iterator[Check]:
        """Yield the line's checks."""
        for kind, values in self._wanted():
            code = f"{kind.value}.{self.target.strip()}"
            yield Check(
                code, kind, (self.target.strip(),), values, blocking=not self.warn, dimension=DIMENSION_OF[kind]
            )

    def _wanted(self) -> Iterator[tuple[CheckKind, tuple[str, ...]]]:
        listed = tuple(item.strip() for item in self.list.replace("，", ",").split(",") if item.strip())
        choices: tuple[tuple[object, CheckKind, tuple[str, ...]], ...] = (
            (self.required, CheckKind.NOT_NULL, ()),
            (self.unique, CheckKind.UNIQUE, ()),
            (self.identifier, CheckKind.IDENTIFIER, (self.identifier,)),
            (self.low or self.high, CheckKind.RANGE, (self.low, self.high)),
            (self.shortest or self.longest, CheckKind.LENGTH, (self.shortest, self.longest)),
            (self.pattern, CheckKind.PATTERN, (self.pattern,)),
            (listed, CheckKind.CODE_LIST, listed),
            (self.reference, CheckKind.REFERENCE, (self.reference,)),
        )
        yield from ((kind, values) for wanted, kind, values in choices if wanted)


NAMES: Final = tuple(item.name for item in fields(ColumnLine))


def line_of(item: ColumnMap, *, source: str, key: bool, mask: str, checks: Sequence[Check]) -> ColumnLine:
    """Return the line that says what a map and the checks of its column say."""
    found: dict[str, str] = {}
    for check in checks:
        found.update(_written(check))
    return ColumnLine(
        source=source,
        use="1",
        target=item.target,
        type=item.type.value,
        expression=item.expression,
        codes="，".join(f"{old}={new}" for old, new in item.codes.items()),
        key="1" if key else "",
        mask=mask,
        **found,
    )


def is_simple(check: Check) -> bool:
    """Say whether a column's line can say this check."""
    return check.kind is not CheckKind.EXPRESSION and len(check.columns) == 1 and not check.title


def _written(check: Check) -> dict[str, str]:
    warn = {} if check.blocking else {"warn": "1"}
    match check.kind:
        case CheckKind.NOT_NULL:
            return {"required": "1", **warn}
        case CheckKind.UNIQUE:
            return {"unique": "1", **warn}
        case CheckKind.RANGE:
            return {"low": check.values[0], "high": check.values[1], **warn}
        case CheckKind.LENGTH:
            return {"shortest": check.values[0], "longest": check.values[1], **warn}
        case CheckKind.CODE_LIST:
            return {"list": "，".join(check.values), **warn}
        case _:
            return {check.kind.value: check.values[0], **warn}


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for item in text.replace("，", ",").split(","):
        old, equals, new = item.partition("=")
        if equals:
            yield old.strip(), new.strip()
