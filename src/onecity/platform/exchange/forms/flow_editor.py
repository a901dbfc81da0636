"""The editor of a flow: a form's fields become a flow's text, and a flow's text the form's fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.flows import FlowText, Schedule
from onecity.platform.exchange.contracts.plans import Check, CheckKind, Threshold
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape
from onecity.platform.exchange.forms.flow_columns import DIMENSION_OF, NAMES, ColumnLine, is_simple, line_of
from onecity.platform.exchange.rules.suggesting_checks import Suggestion

MOST_LINES: Final = 400
PLAIN: Final = (
    "target", "target_table", "reading", "loading", "cursor", "cron", "after", "late_minutes", "share", "rows",
    "rows_per_second", "parts", "relations", "conditions",
)  # fmt: skip
_EMPTY: Final = {"late_minutes": "60", "parts": "1", "reading": "full", "loading": "swap"}


@dataclass(frozen=True, slots=True)
class Editor:
    """The form's content. values: the plain fields; lines: one for each column; kept: checks that no field shows."""

    values: Mapping[str, str]
    lines: tuple[ColumnLine, ...]
    kept: tuple[Check, ...] = field(default=())


def suggested(shape: TableShape, suggestions: Mapping[str, Suggestion], *, key_loading: bool) -> Editor:
    """Return the form for a table that nobody has mapped yet: every column under its own name."""
    lines = []
    for column in shape.columns:
        found = suggestions[column.name]
        lines.append(
            ColumnLine(
                source=column.name,
                use="1",
                target=column.name,
                type=column.type.value,
                key="1" if column.name in shape.key else "",
                mask=found.mask,
                required="1" if found.required else "",
                unique="1" if found.unique else "",
                identifier=found.identifier,
            )
        )
    loading = Loading.MERGE if key_loading and shape.key else Loading.SWAP
    table = shape.name.rpartition(".")[2]
    return Editor({**_EMPTY, "target_table": table, "loading": loading.value}, (*lines, ColumnLine()))


def posted(data: Mapping[str, str], *, kept: Sequence[Check] = ()) -> Editor:
    """Return the form as it was sent."""
    values = {name: data.get(name, "").strip() for name in PLAIN}
    lines = []
    for number in range(MOST_LINES):
        if f"c{number}-target" not in data:
            break
        lines.append(ColumnLine(**{name: data.get(f"c{number}-{name}", "").strip() for name in NAMES}))
    return Editor(values, tuple(lines), tuple(kept))


def shown(text: FlowText) -> Editor:
    """Return the form that says what a flow says."""
    by_column: dict[str, list[Check]] = {}
    for check in text.checks:
        if is_simple(check):
            by_column.setdefault(check.columns[0], []).append(check)
    lines = [
        line_of(
            item,
            source=item.source,
            key=item.target in text.target_shape.key,
            mask=text.sensitive.get(item.source, ""),
            checks=by_column.get(item.target, ()),
        )
        for item in text.columns
    ]
    used = {item.source for item in text.columns}
    unused = [ColumnLine(source=item.name, target=item.name, type=item.type.value)
              for item in text.source_columns if item.name not in used]  # fmt: skip
    relations = [item for item in text.checks if item.kind is CheckKind.EXPRESSION]
    kept = tuple(item for item in text.checks if not is_simple(item) and item.kind is not CheckKind.EXPRESSION)
    return Editor(_plain(text, relations), (*lines, *unused, ColumnLine()), kept)


def text_of(editor: Editor, *, source: str, table: TableShape) -> FlowText:
    """Return what the form says, over a source's table.

    Raises: Invalid naming the field that cannot be read.
    """
    values, chosen = editor.values, [line for line in editor.lines if line.use and line.target.strip()]
    by_name = {column.name: column for column in table.columns}
    checks = [check for line in chosen for check in line.checks()]
    try:
        shape = TableShape(
            values["target_table"],
            tuple(line.shape(by_name.get(line.source)) for line in chosen),
            tuple(line.target.strip() for line in chosen if line.key),
        )
        return FlowText(
            source=source,
            source_table=table.name,
            source_columns=table.columns,
            target=values["target"],
            target_shape=shape,
            columns=tuple(line.map() for line in chosen),
            reading=Reading(values["reading"]),
            loading=Loading(values["loading"]),
            checks=(*checks, *_relations(values["relations"]), *editor.kept),
            conditions=tuple(_conditions(values["conditions"], by_name)),
            sensitive={line.source: line.mask for line in chosen if line.mask and line.source},
            cursor=values["cursor"],
            threshold=Threshold(_share(values["share"]), _number(values["rows"])),
            schedule=Schedule(values["cron"], values["after"], 60 * (_number(values["late_minutes"]) or 60)),
            rows_per_second=_number(values["rows_per_second"]) or 0,
            parts=_number(values["parts"]) or 1,
        )
    except ValueError:
        raise Invalid(zh("有的数字或选项填写不正确，请检查")) from None


def _plain(text: FlowText, relations: Sequence[Check]) -> dict[str, str]:
    share = text.threshold.share
    return {
        "target": text.target,
        "target_table": text.target_shape.name,
        "reading": text.reading.value,
        "loading": text.loading.value,
        "cursor": text.cursor,
        "cron": text.schedule.cron,
        "after": text.schedule.after,
        "late_minutes": str(text.schedule.late_after_s // 60),
        "share": "" if share is None else f"{share * 100:g}",
        "rows": "" if text.threshold.rows is None else str(text.threshold.rows),
        "rows_per_second": str(text.rows_per_second or ""),
        "parts": str(text.parts),
        "relations": "\n".join(f"{item.title}：{item.values[0]}".removeprefix("：") for item in relations),
        "conditions": "\n".join(_said(item) for item in text.conditions),
    }


def _said(item: Comparison) -> str:
    return f"{item.column} {item.operator} {','.join(str(value) for value in item.values)}".strip()


def _relations(text: str) -> Iterator[Check]:
    """Read lines `title：expression` or `expression`."""
    for number, line in enumerate((item.strip() for item in text.splitlines()), start=1):
        if line:
            title, colon, expression = line.partition("：")
            wanted = expression.strip() if colon else line
            kind = CheckKind.EXPRESSION
            yield Check(
                f"expression.{number}", kind, (), (wanted,), dimension=DIMENSION_OF[kind], title=title if colon else ""
            )


def _conditions(text: str, columns: Mapping[str, ColumnShape]) -> Iterator[Comparison]:
    """Read lines `column operator value[,value]`."""
    for line in (item.strip() for item in text.splitlines()):
        if line:
            name, _, rest = line.partition(" ")
            operator, _, values = rest.strip().partition(" ")
            column = columns.get(name)
            given = [item.strip() for item in values.split(",") if item.strip()]
            yield Comparison(name, operator, tuple(_typed(item, column) for item in given))


def _typed(value: str, column: ColumnShape | None) -> str | int | float:
    if column is not None and column.type is LogicalType.INTEGER:
        return int(value)
    if column is not None and column.type in {LogicalType.FLOAT, LogicalType.DECIMAL}:
        return float(value)
    return value


def _number(text: str) -> int | None:
    return int(text) if text else None


def _share(text: str) -> float | None:
    return float(text) / 100 if text else None
