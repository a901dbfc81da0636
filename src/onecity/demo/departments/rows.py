"""What each department's tables hold of the made-up households: the truth behind the stories.

Every dataset of `welfare` has its table here, with the columns that were agreed for sharing.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Final

from onecity.demo.departments.people import DemoHousehold, DemoPerson, Story

Cell = str | int | float | None
Row = dict[str, Cell]
Tables = Mapping[str, list[Row]]
MONTHS: Final = 12
CITIZEN_ID: Final = "公民身份号码"

COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    "household_register": {
        "citizen_id": CITIZEN_ID,
        "household_code": "户号",
        "household_size": "户内人数",
        "relation": "与户主关系",
        "death_date": "死亡日期",
    },
    "vehicles": {
        "citizen_id": CITIZEN_ID,
        "plate": "号牌号码",
        "vehicle_type": "车辆类型",
        "use": "使用性质",
        "registered_date": "初次登记日期",
        "value_yuan": "评估价值",
    },
    "marriages": {
        "citizen_id": CITIZEN_ID,
        "status": "婚姻状况",
        "registered_date": "登记日期",
        "spouse_identifier": "配偶身份号码",
    },
    "cremations": {
        "citizen_id": CITIZEN_ID,
        "death_date": "死亡日期",
        "place": "殡仪馆",
    },
    "other_aids": {
        "citizen_id": CITIZEN_ID,
        "aid_name": "救助名称",
        "since": "开始日期",
    },
    "insurance_paid": {
        "citizen_id": CITIZEN_ID,
        "month": "缴费月份",
        "employer": "参保单位",
        "base_yuan": "缴费基数",
        "own_yuan": "个人缴费",
        "status": "参保状态",
    },
    "benefits_drawn": {
        "citizen_id": CITIZEN_ID,
        "month": "发放月份",
        "kind": "待遇种类",
        "amount_yuan": "发放金额",
    },
    "real_estate": {
        "citizen_id": CITIZEN_ID,
        "certificate": "不动产权证号",
        "use": "用途",
        "area_m2": "建筑面积",
        "value_yuan": "评估价值",
    },
    "housing_contracts": {
        "citizen_id": CITIZEN_ID,
        "contract": "合同编号",
        "kind": "合同种类",
        "month": "租金月份",
        "monthly_rent": "月租金",
        "area_m2": "建筑面积",
        "value_yuan": "合同金额",
    },
    "fund_accounts": {
        "citizen_id": CITIZEN_ID,
        "account": "公积金账号",
        "balance_yuan": "账户余额",
        "base_yuan": "缴存基数",
    },
    "income_tax": {
        "citizen_id": CITIZEN_ID,
        "month": "税款所属月",
        "kind": "所得项目",
        "income_yuan": "收入额",
        "deducted_yuan": "专项扣除",
        "tax_yuan": "已缴税额",
    },
    "shareholdings": {
        "citizen_id": CITIZEN_ID,
        "credit_code": "统一社会信用代码",
        "enterprise": "企业名称",
        "role": "身份",
        "paid_in_yuan": "实缴出资额",
    },
    "financial_accounts": {
        "citizen_id": CITIZEN_ID,
        "institution": "机构名称",
        "kind": "资产种类",
        "account_tail": "账号后四位",
        "balance_yuan": "余额",
        "as_of": "截止日期",
    },
    "operating_vehicles": {
        "citizen_id": CITIZEN_ID,
        "plate": "号牌号码",
        "permit": "道路运输证号",
    },
    "farm_subsidies": {
        "citizen_id": CITIZEN_ID,
        "month": "发放月份",
        "programme": "补贴项目",
        "amount_yuan": "发放金额",
    },
    "disability_cards": {
        "citizen_id": CITIZEN_ID,
        "grade": "残疾等级",
        "kind": "残疾类别",
        "issued_date": "发证日期",
    },
    "medical_expenses": {
        "citizen_id": CITIZEN_ID,
        "month": "结算月份",
        "total_yuan": "总费用",
        "own_paid_yuan": "个人负担",
    },
}
"""Columns of each department's table with their Chinese names, in order; the identity number first."""

_UNCLE: Final = "220104195001019956"


def department_rows(households: Iterable[DemoHousehold], *, today: date) -> Tables:
    """Return the rows of every table, for the twelve months before `today`."""
    tables: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    months = list(_months(today))
    for home in households:
        for person in home.people:
            _everybody(tables, home, person, months=months)
        _wages(tables, home, months=months)
        tell = _STORIES.get(home.story)
        if tell:
            for name, rows in _told(tell(home, months)).items():
                tables[name] += rows
    return tables


def _everybody(tables: dict[str, list[Row]], home: DemoHousehold, person: DemoPerson, *, months: list[str]) -> None:
    size = sum(1 for item in home.people if not item.supports)
    if not person.supports:
        died = f"{int(months[0][:4])}-{months[2][5:]}-15" if _is_dead(home, person) else None
        tables["household_register"].append(
            _row("household_register", person.number, home.code, size, person.relation, died)
        )
    else:
        tables["household_register"].append(_row("household_register", person.number, f"{home.code}S", 1, "01", None))
    if person.marital == "20" and len(home.people) > 1 and person.relation in {"01", "10"}:
        other = home.people[1] if person is home.head else home.head
        tables["marriages"].append(_row("marriages", person.number, "20", "1990-05-01", other.number))
    if person.disability:
        tables["disability_cards"].append(
            _row("disability_cards", person.number, person.disability, "肢体", "2015-06-01")
        )
    tables["financial_accounts"].append(
        _row(
            "financial_accounts",
            person.number,
            BANKS[home.place % len(BANKS)],
            "deposit",
            person.number[-4:],
            800,
            months[-1] + "-28",
        )
    )
    if home.place % 5 == 0 and person is home.head:
        tables["farm_subsidies"].append(_row("farm_subsidies", person.number, months[4], "耕地地力保护补贴", 360))
        tables["medical_expenses"].append(_row("medical_expenses", person.number, months[5], 5200, 1300))


BANKS: Final = ("示范银行", "建兴银行", "农信联社")


def _wages(tables: dict[str, list[Row]], home: DemoHousehold, *, months: list[str]) -> None:
    """Let the head earn what was declared; the insured are told by two departments."""
    if home.head.born.year < 1958 or home.story is Story.WORKS:
        return
    for month in months:
        tables["income_tax"].append(_row("income_tax", home.head.number, month, "wage", home.wage, 0, 0))


def _is_dead(home: DemoHousehold, person: DemoPerson) -> bool:
    return home.story is Story.DEAD_DRAWING and person.relation == "10"


Told = Iterator[tuple[str, Row]]


def _told(rows: Told) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for name, row in rows:
        found[name].append(row)
    return found


def _hidden_car(home: DemoHousehold, _: list[str]) -> Told:
    plate = f"吉A{10000 + home.place}"
    yield "vehicles", _row("vehicles", home.head.number, plate, "小型轿车", "private", "2021-03-01", 68000)


def _still_married(home: DemoHousehold, _: list[str]) -> Told:
    yield "marriages", _row("marriages", home.head.number, "20", "2003-10-01", _UNCLE)


def _dead_drawing(home: DemoHousehold, months: list[str]) -> Told:
    dead = home.people[1]
    yield "cremations", _row("cremations", dead.number, f"{months[2]}-15", "示范市殡仪馆")
    for month in months:
        yield "benefits_drawn", _row("benefits_drawn", dead.number, month, "pension", 1500)


def _hidden_savings(home: DemoHousehold, months: list[str]) -> Told:
    for bank in BANKS:
        yield (
            "financial_accounts",
            _row("financial_accounts", home.head.number, bank, "deposit", "8888", 42000, months[-1] + "-28"),
        )
    yield (
        "financial_accounts",
        _row("financial_accounts", home.head.number, "示范证券", "security", "6601", 15000, months[-1] + "-28"),
    )


def _second_flat(home: DemoHousehold, months: list[str]) -> Told:
    for flat in (1, 2):
        certificate = f"吉(2018)示范市不动产权第{home.place:05}{flat}号"
        yield "real_estate", _row("real_estate", home.head.number, certificate, "住宅", 48.5 + flat, 310000)
    for month in months:
        yield (
            "housing_contracts",
            _row("housing_contracts", home.head.number, f"ZL{home.place:06}", "let", month, 900, 49.5, None),
        )


def _shareholder(home: DemoHousehold, _: list[str]) -> Told:
    yield (
        "shareholdings",
        _row("shareholdings", home.head.number, "91220104MA0Y0YX006", "示范市云杉商贸有限公司", "股东", 150000),
    )


def _works(home: DemoHousehold, months: list[str]) -> Told:
    for month in months:
        yield (
            "insurance_paid",
            _row("insurance_paid", home.head.number, month, "示范市松柏制造厂", 4300, 451, "insured"),
        )
    yield "fund_accounts", _row("fund_accounts", home.head.number, f"GJJ{home.place:07}", 21000, 4300)


def _earns_more(home: DemoHousehold, months: list[str]) -> Told:
    for month in months:
        yield "income_tax", _row("income_tax", home.head.number, month, "wage", home.wage + 3200, 320, 12)


def _tool(home: DemoHousehold, _: list[str]) -> Told:
    plate = f"吉A{10000 + home.place}"
    yield "vehicles", _row("vehicles", home.head.number, plate, "残疾人专用汽车", "private", "2020-06-01", 24000)


def _rich_son(home: DemoHousehold, months: list[str]) -> Told:
    for month in months:
        yield "income_tax", _row("income_tax", home.people[-1].number, month, "wage", 9800, 980, 66)


_STORIES: Final[Mapping[Story, Callable[[DemoHousehold, list[str]], Told]]] = {
    Story.HIDDEN_CAR: _hidden_car,
    Story.STILL_MARRIED: _still_married,
    Story.DEAD_DRAWING: _dead_drawing,
    Story.HIDDEN_SAVINGS: _hidden_savings,
    Story.SECOND_FLAT: _second_flat,
    Story.SHAREHOLDER: _shareholder,
    Story.WORKS: _works,
    Story.EARNS_MORE: _earns_more,
    Story.TOOL_OF_LIVING: _tool,
    Story.RICH_SON: _rich_son,
}


def _row(name: str, *values: Cell) -> Row:
    return dict(zip(COLUMNS[name], values, strict=True))


def _months(today: date) -> Iterator[str]:
    """Yield the twelve full months before a day, as 2026-01."""
    last = today.year * 12 + today.month - 2
    for number in range(last - MONTHS + 1, last + 1):
        yield f"{number // 12}-{number % 12 + 1:02}"
