"""What each department's rows mean: from columns as they were shared to facts of the household.

Rows are mappings of plain texts and numbers. A row that cannot be read is a fault of the department's data and is told,
never skipped in silence.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from onecity.domains.welfare.rules.codes import Asset, Department, Marital
from onecity.domains.welfare.rules.household import (
    ZERO,
    AssetEntry,
    Expense,
    Found,
    IncomeEntry,
    PersonRecord,
)
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh

Row = Mapping[str, object]


class Unreadable(Invalid):
    """A department's row does not say what its dataset promises."""

    code = "welfare.unreadable"
    message = zh("{source}返回的{column}无法识别")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose rows are read. member: key; identifier: in clear, never stored with facts."""

    member: str
    identifier: str


@dataclass(slots=True)
class Gathered:
    """Facts as they come in, department by department. people: per member, columns of `PersonRecord`."""

    identifiers: frozenset[str] = frozenset()
    incomes: list[IncomeEntry] = field(default_factory=list)
    assets: list[AssetEntry] = field(default_factory=list)
    expenses: list[Expense] = field(default_factory=list)
    people: dict[str, dict[str, object]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    answered: set[Department] = field(default_factory=set)

    def about(self, member: str, **facts: object) -> None:
        """Keep what is known of a member as a person."""
        self.people.setdefault(member, {}).update(facts)


@dataclass(frozen=True, slots=True)
class Reading:
    """How one dataset is read. code: of the source; read: puts a subject's rows among the facts."""

    code: str
    department: Department
    name: str
    read: Callable[[Subject, Sequence[Row], Gathered], None]


def gather(answers: Iterable[tuple[str, Subject, Sequence[Row]]], *, identifiers: Iterable[str]) -> Found:
    """Return the facts of all answers (source code, subject, rows). identifiers: of all declared members.

    Raises: Unreadable.
    """
    into = Gathered(frozenset(identifiers))
    for code, subject, rows in answers:
        reading = READINGS[code]
        into.answered.add(reading.department)
        reading.read(subject, rows, into)
    people = tuple(_person(key, facts) for key, facts in sorted(into.people.items()))
    homes = [item for item in people if item.household_code]
    missing = _missing(homes, into.sizes)
    return Found(
        tuple(into.incomes),
        tuple(into.assets),
        people,
        tuple(into.expenses),
        missing,
        frozenset(into.answered),
    )


def _missing(homes: Sequence[PersonRecord], sizes: Mapping[str, int]) -> int:
    """Return how many of the first member's registered household were not declared."""
    if not homes:
        return 0
    code = homes[0].household_code
    listed = sum(1 for item in homes if item.household_code == code)
    return max(sizes.get(code, 0) - listed, 0)


def _person(key: str, facts: Mapping[str, object]) -> PersonRecord:
    return PersonRecord(key, **facts)  # type: ignore[arg-type]  # columns are typed where they are read


def _register(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    into.about(subject.member, registered=bool(rows))
    for row in rows:
        code = _text(row, "household_code")
        into.about(subject.member, household_code=code)
        into.sizes[code] = int(_money(row, "household_size", source="public_security"))
        died = _day(row, "death_date", source="public_security")
        if died:
            into.about(subject.member, death_date=died)


def _vehicles(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        into.assets.append(
            AssetEntry(
                subject.member,
                Asset.VEHICLE,
                _text(row, "plate"),
                _money(row, "value_yuan", source="vehicles"),
                operating=_text(row, "use") == "operating",
                source=Department.PUBLIC_SECURITY,
            )
        )


def _marriages(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    if not rows:
        into.about(subject.member, marital=Marital.SINGLE)
        return
    last = max(rows, key=lambda row: _text(row, "registered_date"))
    try:
        status = Marital(_text(last, "status"))
    except ValueError:
        raise Unreadable(params={"source": "marriages", "column": "status"}) from None
    into.about(subject.member, marital=status)
    if status is Marital.MARRIED:
        into.about(subject.member, spouse_listed=_text(last, "spouse_identifier") in into.identifiers)


def _cremations(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        died = _day(row, "death_date", source="cremations")
        if died:
            into.about(subject.member, death_date=died)


def _other_aids(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    if rows:
        into.about(subject.member, other_aid="、".join(sorted(_text(row, "aid_name") for row in rows)))


def _insurance(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        into.incomes.append(
            IncomeEntry(
                subject.member,
                "wage",
                _month(row, "month", source="insurance_paid"),
                _money(row, "base_yuan", source="insurance_paid"),
                contributions=_money(row, "own_yuan", source="insurance_paid"),
                source=Department.HUMAN_RESOURCES,
            )
        )
    if rows:
        into.about(subject.member, insured_now=any(_text(row, "status") == "insured" for row in rows))


def _benefits(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        month, topic = _month(row, "month", source="benefits_drawn"), _text(row, "kind")
        if topic not in {"pension", "unemployment"}:
            raise Unreadable(params={"source": "benefits_drawn", "column": "kind"})
        amount = _money(row, "amount_yuan", source="benefits_drawn")
        into.incomes.append(IncomeEntry(subject.member, topic, month, amount, source=Department.HUMAN_RESOURCES))
        last = into.people.get(subject.member, {}).get("drawing_until")
        if topic == "pension" and (not isinstance(last, date) or last < month):
            into.about(subject.member, drawing_until=month)


def _real_estate(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    _houses(subject, rows, into, mark="certificate", source=Department.REAL_ESTATE)


def _contracts(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    """A bought flat that is not registered yet is a house; a flat let out is income of each month."""
    bought = [row for row in rows if _text(row, "kind") == "presale"]
    _houses(subject, bought, into, mark="contract", source=Department.HOUSING)
    for row in rows:
        if _text(row, "kind") == "let":
            rent = _money(row, "monthly_rent", source="housing_contracts")
            month = _month(row, "month", source="housing_contracts")
            into.incomes.append(IncomeEntry(subject.member, "rent", month, rent, source=Department.HOUSING))


def _houses(subject: Subject, rows: Sequence[Row], into: Gathered, *, mark: str, source: Department) -> None:
    for row in rows:
        into.assets.append(
            AssetEntry(
                subject.member,
                Asset.HOUSE,
                _text(row, mark),
                _money(row, "value_yuan", source=source),
                _money(row, "area_m2", source=source),
                source=source,
            )
        )


def _fund(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        balance = _money(row, "balance_yuan", source="fund_accounts")
        into.assets.append(AssetEntry(subject.member, Asset.FUND, "", balance, source=Department.HOUSING_FUND))


def _tax(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        topic = _text(row, "kind")
        if topic not in {"wage", "business", "dividend", "rent"}:
            raise Unreadable(params={"source": "income_tax", "column": "kind"})
        into.incomes.append(
            IncomeEntry(
                subject.member,
                topic,
                _month(row, "month", source="income_tax"),
                _money(row, "income_yuan", source="income_tax"),
                tax=_money(row, "tax_yuan", source="income_tax"),
                contributions=_money(row, "deducted_yuan", source="income_tax"),
                source=Department.TAX,
            )
        )


def _shareholdings(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        paid = _money(row, "paid_in_yuan", source="shareholdings")
        code = _text(row, "credit_code")
        into.assets.append(AssetEntry(subject.member, Asset.ENTERPRISE, code, paid, source=Department.MARKET))


def _accounts(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        kind = _text(row, "kind")
        if kind not in {"deposit", "security", "insurance"}:
            raise Unreadable(params={"source": "financial_accounts", "column": "kind"})
        into.assets.append(
            AssetEntry(
                subject.member,
                Asset(kind),
                _text(row, "account_tail"),
                _money(row, "balance_yuan", source="financial_accounts"),
                source=Department.FINANCE,
            )
        )


def _operating(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        into.assets.append(
            AssetEntry(subject.member, Asset.VEHICLE, _text(row, "plate"), operating=True, source=Department.TRANSPORT)
        )


def _subsidies(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    for row in rows:
        amount = _money(row, "amount_yuan", source="farm_subsidies")
        month = _month(row, "month", source="farm_subsidies")
        into.incomes.append(IncomeEntry(subject.member, "subsidy", month, amount, source=Department.AGRICULTURE))


def _cards(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    grades = [int(_money(row, "grade", source="disability_cards")) for row in rows]
    into.about(subject.member, disability=min(grades, default=0))


def _medical(subject: Subject, rows: Sequence[Row], into: Gathered) -> None:
    paid = sum((_money(row, "own_paid_yuan", source="medical_expenses") for row in rows), ZERO)
    if paid:
        into.expenses.append(Expense(subject.member, "medical", paid, Department.MEDICAL))


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value).strip()


def _money(row: Row, column: str, *, source: str) -> Decimal:
    text = _text(row, column)
    if not text:
        return ZERO
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Unreadable(params={"source": source, "column": column}) from None
    if not value.is_finite():
        raise Unreadable(params={"source": source, "column": column})
    return value


def _day(row: Row, column: str, *, source: str) -> date | None:
    text = _text(row, column)[:10]
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(params={"source": source, "column": column}) from None


def _month(row: Row, column: str, *, source: str) -> date:
    text = _text(row, column)
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise Unreadable(params={"source": source, "column": column}) from None


_EVERY: Final = (
    Reading("household_register", Department.PUBLIC_SECURITY, zh("户籍登记"), _register),
    Reading("vehicles", Department.PUBLIC_SECURITY, zh("机动车登记"), _vehicles),
    Reading("marriages", Department.CIVIL_AFFAIRS, zh("婚姻登记"), _marriages),
    Reading("cremations", Department.CIVIL_AFFAIRS, zh("殡葬火化"), _cremations),
    Reading("other_aids", Department.CIVIL_AFFAIRS, zh("其他救助"), _other_aids),
    Reading("insurance_paid", Department.HUMAN_RESOURCES, zh("社会保险缴费"), _insurance),
    Reading("benefits_drawn", Department.HUMAN_RESOURCES, zh("社会保险待遇"), _benefits),
    Reading("real_estate", Department.REAL_ESTATE, zh("不动产登记"), _real_estate),
    Reading("housing_contracts", Department.HOUSING, zh("购房与租赁合同"), _contracts),
    Reading("fund_accounts", Department.HOUSING_FUND, zh("住房公积金账户"), _fund),
    Reading("income_tax", Department.TAX, zh("个人所得税申报"), _tax),
    Reading("shareholdings", Department.MARKET, zh("企业与股权登记"), _shareholdings),
    Reading("financial_accounts", Department.FINANCE, zh("存款、证券与保险"), _accounts),
    Reading("operating_vehicles", Department.TRANSPORT, zh("营运车辆"), _operating),
    Reading("farm_subsidies", Department.AGRICULTURE, zh("惠农补贴发放"), _subsidies),
    Reading("disability_cards", Department.DISABLED, zh("残疾人证"), _cards),
    Reading("medical_expenses", Department.MEDICAL, zh("医疗费用结算"), _medical),
)
READINGS: Final[Mapping[str, Reading]] = {item.code: item for item in _EVERY}
