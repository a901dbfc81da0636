"""The path Share, walked for the demonstration: connections, entries, requests, grants, and welfare's sources.

Each department answers for its own entries; the checking centre asks for them with its purpose and legal ground, and a
case at the department grants it. What stands already stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from onecity.demo.departments.rows import COLUMNS
from onecity.demo.departments.stores import FILES, MARIADB, NUMBERS, POSTGRESQL, SERVICE
from onecity.domains.welfare.api import set_source
from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.platform.cases.api import case, complete_task
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.exchange import api as exchange
from onecity.platform.exchange.contracts.catalogue import FieldText, VersionText
from onecity.platform.exchange.contracts.flows import ConnectionText
from onecity.platform.exchange.contracts.places import Place
from onecity.platform.exchange.contracts.sharing import NewRequest, NewSupply
from onecity.platform.identity import api as identity

CONSUMER: Final = "checking_centre"
ORGANISATIONS: Final[Mapping[str, str]] = {
    "public_security": "police",
    "civil_affairs": "civil_affairs",
    "human_resources": "human_resources",
    "real_estate": "natural_resources",
    "housing": "housing",
    "housing_fund": "housing_fund",
    "tax": "tax",
    "market": "market_regulation",
    "finance": "finance_office",
    "transport": "transport",
    "agriculture": "agriculture",
    "disabled": "disabled_federation",
    "medical": "medical_insurance",
}
"""Department of welfare → code of the city's body that answers for it."""
TITLES: Final[Mapping[str, str]] = {
    "household_register": "户籍登记信息",
    "vehicles": "机动车登记信息",
    "marriages": "婚姻登记信息",
    "cremations": "殡葬火化信息",
    "other_aids": "临时救助与专项救助发放信息",
    "insurance_paid": "社会保险缴费信息",
    "benefits_drawn": "社会保险待遇发放信息",
    "real_estate": "不动产登记信息",
    "housing_contracts": "商品房买卖与房屋租赁合同信息",
    "fund_accounts": "住房公积金账户信息",
    "income_tax": "个人所得税申报信息",
    "shareholdings": "企业登记与股权信息",
    "financial_accounts": "金融资产余额信息",
    "operating_vehicles": "道路运输营运车辆信息",
    "farm_subsidies": "惠农补贴发放信息",
    "disability_cards": "残疾人证信息",
    "medical_expenses": "医疗费用结算信息",
}
CLASSES: Final[Mapping[str, str]] = {"household_register": "101", "shareholdings": "102"}
USUAL_CLASS: Final = "203"
IN_FILES: Final[Mapping[str, str]] = {
    "financial_accounts": "accounts_*.csv",
    "disability_cards": "disability_cards.xlsx",
}
"""What the files of a dataset are called."""
PERIOD: Final = timedelta(days=364)
QUERIES_PER_DAY: Final = 2_000_000
GROUND: Final = "《社会救助暂行办法》第五十八条：县级以上民政部门依申请人授权查询、核对其收入和财产状况"
SENSITIVE: Final = frozenset({"citizen_id", "spouse_identifier", "account_tail", "account"})


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset with the place where its department keeps it. table: as the connector calls it."""

    name: str
    department: str
    place: Place
    table: str


def sources(places: Mapping[str, Place]) -> Sequence[Source]:
    """Return every dataset with its place. places: by department (see `seed`)."""
    found: list[Source] = []
    for stores in (POSTGRESQL, MARIADB, FILES, SERVICE):
        for department, names in stores.items():
            found += [Source(name, department, places[department], IN_FILES.get(name, name)) for name in names]
    return found


def register(actor: Actor, *, every: Sequence[Source], now: datetime) -> int:
    """Walk the path for each dataset whose connection does not stand yet; returns how many grants were given.

    now: city time. Raises: what the exchange raises.
    """
    bodies = {item.code: item.id for item in identity.organisations()}
    fresh = {
        item.department
        for item in {one.department: one for one in every}.values()
        if _connect(actor, item, bodies[ORGANISATIONS[item.department]], now=now)
    }
    given = 0
    for item in every:
        if item.department in fresh:
            organisation_id = bodies[ORGANISATIONS[item.department]]
            code = _publish(actor, item, organisation_id, now=now)
            grant = _ask(actor, code, consumer=bodies[CONSUMER], fields=tuple(COLUMNS[item.name]), now=now)
            set_source(actor, code=item.name, grant_code=grant)
            given += 1
    return given


def connection_code(department: str) -> str:
    """Return the code of a department's connection."""
    return f"dept-{department.replace('_', '-')}"


def _connect(actor: Actor, item: Source, organisation_id: int, *, now: datetime) -> bool:
    text = ConnectionText(
        name=f"{identity.organisation(organisation_id).short_name}前置库",
        kind=item.place.kind,
        organisation_id=organisation_id,
        options=item.place.options,
        secret=item.place.secret,
        at_once=4,
    )
    try:
        exchange.create_connection(actor, code=connection_code(item.department), text=text, now=now)
    except exchange.ConnectionExists:
        return False
    return True


def _publish(actor: Actor, item: Source, organisation_id: int, *, now: datetime) -> str:
    """Enter a dataset into the catalogue, and say where its rows come from."""
    text = VersionText(
        title=TITLES[item.name],
        abstract=f"{TITLES[item.name]}，每人一至多条，供社会救助家庭经济状况核对使用（演示数据，人员均为虚构）",
        class_code=CLASSES.get(item.name, USUAL_CLASS),
        sharing_type="conditional",
        update_cycle="daily",
        sharing_condition="凭当事人书面授权，用于社会救助家庭经济状况核对",
        sharing_mode="接口查询",
        resource_kind="api",
        source_kind="connection",
        source_place=connection_code(item.department),
        source_table=item.table,
    )
    fields = [_field(column, title) for column, title in COLUMNS[item.name].items()]
    code = exchange.new_dataset(actor, organisation_id=organisation_id, text=text, fields=fields, now=now)
    exchange.submit_dataset(actor, code=code, now=now)
    exchange.publish_dataset(actor, code=code, now=now)
    supply = NewSupply(
        dataset_code=code,
        kind="connection",
        connection_code=connection_code(item.department),
        table=item.table,
        key=("id",) if item.place.kind in {"postgresql", "mysql"} else (),
        subject_column="citizen_id",
        subject_kind="citizen_id",
    )
    exchange.set_supply(actor, supply=supply, now=now)
    return code


def _field(column: str, title: str) -> FieldText:
    personal = column in SENSITIVE
    return FieldText(
        name=column,
        title=title,
        type="decimal" if column in NUMBERS else "text",
        is_key=column == "citizen_id",
        nullable=column != "citizen_id",
        sensitivity="sensitive" if personal else "internal",
        mask="masked_identity_number" if column in {"citizen_id", "spouse_identifier"} else "",
    )


def _ask(actor: Actor, code: str, *, consumer: int, fields: tuple[str, ...], now: datetime) -> str:
    """Ask for a dataset and have the department decide; returns the grant's code."""
    asked = exchange.request_data(
        actor,
        new=NewRequest(
            dataset_code=code,
            organisation_id=consumer,
            form="query",
            purpose="开展低收入家庭经济状况核对，比对申报的收入、财产和人口信息",
            legal_ground=GROUND,
            fields=fields,
            starts=city_date(now),
            ends=city_date(now) + PERIOD,
            contact_name="核对中心",
            contact_phone="13900000000",
            clear_fields=fields,
            needs_consent=True,
            queries_per_day=QUERIES_PER_DAY,
        ),
        now=now,
    )
    for outcome in ("accept", "agree", "grant"):
        found = case(actor, asked.case_number, now=now)
        task = next(item for item in found.tasks if item.state == "open")
        complete_task(actor, task_id=task.id, answer=TaskAnswer(outcome, note="符合共享条件"), now=now)
    return exchange.grant_code_of_request(asked.id)
