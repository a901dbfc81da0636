"""The flows of the demonstration: what each carries from a department to the checking centre, and what it checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.demo.departments import openings
from onecity.demo.departments.register import connection_code
from onecity.demo.departments.rows import COLUMNS
from onecity.demo.departments.stores import NUMBERS
from onecity.platform.exchange.contracts.blocks import Loading, Reading
from onecity.platform.exchange.contracts.flows import FlowText, Schedule
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap, Threshold
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType, TableShape

TARGET: Final = "centre-warehouse"
"""Code of the connection to the checking centre's own database."""
KEY: Final = "id"
MASKS: Final[Mapping[str, str]] = {
    "name": "masked_name",
    "citizen_id": "masked_identity_number",
    "spouse_identifier": "masked_identity_number",
}
ENOUGH: Final = Threshold(share=0.05)
"""A run in which more than one row in twenty is wrong leaves the target alone."""


@dataclass(frozen=True, slots=True)
class DemoFlow:
    """One flow. titles: source columns with their Chinese names; table: as the source's connector calls it.

    dates: columns that arrive as text and are days; codes: column → code → what is kept for it.
    """

    code: str
    name: str
    department: str
    table: str
    target: str
    titles: Mapping[str, str]
    schedule: Schedule
    checks: tuple[Check, ...]
    reading: Reading = Reading.FULL
    loading: Loading = Loading.SWAP
    keyed: bool = True
    dates: frozenset[str] = frozenset()
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def _identifier(column: str = "citizen_id", kind: str = "citizen_id") -> Check:
    title = "身份号码校验" if kind == "citizen_id" else "统一社会信用代码校验"
    return Check(f"identifier.{column}", CheckKind.IDENTIFIER, (column,), (kind,), dimension="accuracy", title=title)


def _present(column: str, title: str) -> Check:
    return Check(f"not_null.{column}", CheckKind.NOT_NULL, (column,), dimension="completeness", title=title)


def _at_least_nothing(column: str, title: str) -> Check:
    return Check(f"range.{column}", CheckKind.RANGE, (column,), ("0", ""), dimension="accuracy", title=title)


FLOWS: Final = (
    DemoFlow(
        "tax-income",
        "个人所得税申报信息归集",
        "tax",
        "income_tax",
        "tax_income",
        COLUMNS["income_tax"],
        Schedule(cron="10 * * * *"),
        (_identifier(), _present("month", "税款所属月必填"), _at_least_nothing("income_yuan", "收入额不为负")),
    ),
    DemoFlow(
        "bank-openings",
        "银行新开账户报送",
        "finance",
        openings.PATTERN,
        "bank_openings",
        openings.COLUMNS,
        Schedule(cron="30 * * * *"),
        (_identifier(), _present("name", "姓名必填"), _present("opened_date", "开户日期必填")),
        keyed=False,
        dates=frozenset({"opened_date"}),
        codes={"kind": openings.KINDS},
    ),
    DemoFlow(
        "police-households",
        "户籍登记信息增量归集",
        "public_security",
        "household_register",
        "police_households",
        COLUMNS["household_register"],
        Schedule(cron="*/30 * * * *"),
        (_identifier(), _present("household_code", "户号必填")),
        reading=Reading.BY_CURSOR,
        loading=Loading.MERGE,
        dates=frozenset({"death_date"}),
    ),
    DemoFlow(
        "civil-marriages",
        "婚姻登记信息归集",
        "civil_affairs",
        "marriages",
        "civil_marriages",
        COLUMNS["marriages"],
        Schedule(after="police-households"),
        (_identifier(), _identifier("spouse_identifier")),
        loading=Loading.MERGE_DELETE,
        dates=frozenset({"registered_date"}),
    ),
    DemoFlow(
        "market-shareholdings",
        "企业登记与股权信息归集",
        "market",
        "shareholdings",
        "market_shareholdings",
        COLUMNS["shareholdings"],
        Schedule(cron="20 2 * * *"),
        (_identifier(), _identifier("credit_code", "uscc"), _at_least_nothing("paid_in_yuan", "出资额不为负")),
        keyed=False,
    ),
)


def flow_text(flow: DemoFlow) -> FlowText:
    """Return what the flow does, for the exchange."""
    titles = {KEY: "序号", **flow.titles} if flow.keyed else dict(flow.titles)
    source = tuple(_shape(name, title, _arrives(name)) for name, title in titles.items())
    kept = tuple(
        _shape(name, title, LogicalType.DATE if name in flow.dates else _arrives(name))
        for name, title in titles.items()
    )
    return FlowText(
        source=connection_code(flow.department),
        source_table=flow.table,
        source_columns=source,
        target=TARGET,
        target_shape=TableShape(flow.target, kept, key=(KEY,) if flow.keyed else (), title=flow.name),
        columns=_maps(kept, flow),
        reading=flow.reading,
        loading=flow.loading,
        checks=flow.checks,
        sensitive={name: mask for name, mask in MASKS.items() if name in flow.titles},
        cursor=KEY if flow.reading is Reading.BY_CURSOR else "",
        threshold=ENOUGH,
        schedule=flow.schedule,
        block_rows=5_000,
    )


def _maps(columns: Sequence[ColumnShape], flow: DemoFlow) -> tuple[ColumnMap, ...]:
    return tuple(
        ColumnMap(
            item.name,
            item.type,
            item.name,
            codes=flow.codes.get(item.name, {}),
            precision=item.precision,
            scale=item.scale,
        )
        for item in columns
    )


def _arrives(name: str) -> LogicalType:
    if name == KEY:
        return LogicalType.INTEGER
    return LogicalType.DECIMAL if name in NUMBERS else LogicalType.TEXT


def _shape(name: str, title: str, kind: LogicalType) -> ColumnShape:
    digits = (14, 2) if kind is LogicalType.DECIMAL else (None, None)
    return ColumnShape(name, kind, nullable=name != KEY, precision=digits[0], scale=digits[1], title=title)
