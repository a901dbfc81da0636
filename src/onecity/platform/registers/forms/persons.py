"""Forms of the population register."""

from collections.abc import Mapping, Sequence
from typing import Final

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.registers.contracts.persons import FieldChange, NewEvent, NewPerson, PersonFacts, Place
from onecity.platform.registers.models import Certificate, Household, LifeEvent
from onecity.platform.registers.rules.person_codes import EDUCATION, ETHNICITY, MARITAL, NATIONALITY, RELATION, SEX
from onecity.platform.registers.selectors.persons.searching import PersonQuery
from onecity.platform.registers.selectors.provenance import sources
from onecity.platform.registers.services.persons.households import NewHousehold
from onecity.platform.registers.services.persons.papers import NewCertificate
from onecity.web.forms import CityForm

_WORDS: Final = lazy(gettext, str)
Choices = list[tuple[str, str]]


def choices(names: Mapping[str, str], *, empty: bool = True) -> Choices:
    """Return a code list as choices, in the reader's language."""
    given = [(code, str(_WORDS(name))) for code, name in names.items()]
    return [("", "—"), *given] if empty else given


def _day(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _text(label: str, *, most: int, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, help_text=help_text)


def _division(label: str, *, required: bool = False) -> forms.CharField:
    return _text(label, most=12, required=required, help_text=zh("6至12位，可查“区划网格”"))


class SourcedForm(CityForm):
    """A form whose values come from a data source."""

    source = forms.ChoiceField(label=zh("数据来源"))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(item.code, item.name) for item in sources()]
        for name, names in self.code_lists.items():
            listed = self.fields[name]
            assert isinstance(listed, forms.ChoiceField)
            listed.choices = choices(names)

    code_lists: Mapping[str, Mapping[str, str]] = {}

    def place(self, prefix: str) -> Place | None:
        """Return the place that two fields name; None for an empty division."""
        code = self.cleaned_data[f"{prefix}_division"].strip()
        return Place(code, self.cleaned_data[f"{prefix}_address"].strip()) if code else None


class SearchForm(CityForm):
    """What people are searched by; sent as the body of a POST, so that no number reaches an address or a log."""

    identifier = _text(zh("公民身份号码或其他证件号码"), most=40)
    name = _text(zh("姓名或拼音"), most=60)
    born = _text(zh("出生日期或年份"), most=10, help_text=zh("如 1990-01-31 或 1990"))
    address = _text(zh("地址中的字词"), most=60, help_text=zh("至少两个字，如“人民大街1号”"))

    def query(self) -> PersonQuery:
        """Return the question; call it when the form is valid."""
        return PersonQuery(**self.cleaned_data)


class ReasonForm(CityForm):
    """Why personal data is used."""

    reason = forms.CharField(
        label=zh("查阅事由"), max_length=200, help_text=zh("写明所办的事项，如“办理张某户低保复核”；将记入使用记录")
    )


class PersonForm(SourcedForm):
    """A person to be entered."""

    code_lists = {
        "sex_code": SEX,
        "ethnicity_code": ETHNICITY,
        "nationality_code": NATIONALITY,
        "education_code": EDUCATION,
        "marital_code": MARITAL,
    }
    name = _text(zh("姓名"), most=60, required=True)
    citizen_id = _text(zh("公民身份号码"), most=18, help_text=zh("没有号码的，请填写出生日期和性别"))
    sex_code = forms.ChoiceField(label=zh("性别"), required=False)
    birth_date = _day(zh("出生日期"))
    ethnicity_code = forms.ChoiceField(label=zh("民族"), required=False)
    nationality_code = forms.ChoiceField(label=zh("国籍"), initial="156", required=False)
    education_code = forms.ChoiceField(label=zh("学历"), required=False)
    marital_code = forms.ChoiceField(label=zh("婚姻状况"), required=False)
    phone = _text(zh("联系电话"), most=20)
    registered_division = _division(zh("户籍地区划代码"))
    registered_address = _text(zh("户籍地址"), most=200)
    living_division = _division(zh("居住地区划代码"))
    living_address = _text(zh("居住地址"), most=200, help_text=zh("与户籍地址相同的不填"))

    def new_person(self) -> NewPerson:
        """Return what was entered; call it when the form is valid."""
        given = self.cleaned_data
        plain = {name: given[name] for name in ("name", "source", "citizen_id", "birth_date", "phone")}
        codes = {name: given[name] for name in self.code_lists}
        codes["nationality_code"] = codes["nationality_code"] or "156"
        return NewPerson(**plain, **codes, place=self.place("registered"), living=self.place("living"))


class ChangeForm(SourcedForm):
    """New values of a person's fields."""

    code_lists = {
        "sex_code": SEX,
        "ethnicity_code": ETHNICITY,
        "nationality_code": NATIONALITY,
        "education_code": EDUCATION,
        "marital_code": MARITAL,
    }
    name = _text(zh("姓名"), most=60)
    sex_code = forms.ChoiceField(label=zh("性别"), required=False)
    birth_date = _day(zh("出生日期"))
    ethnicity_code = forms.ChoiceField(label=zh("民族"), required=False)
    nationality_code = forms.ChoiceField(label=zh("国籍"), required=False)
    education_code = forms.ChoiceField(label=zh("学历"), required=False)
    marital_code = forms.ChoiceField(label=zh("婚姻状况"), required=False)
    phone = _text(zh("联系电话"), most=20, help_text=zh("不变的不填"))
    since = _day(zh("自何日起"), help_text=zh("变更填起始日期；更正（原来就登记错了）不填"))
    note = _text(zh("说明"), most=200)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def change(self, person: PersonFacts) -> FieldChange:
        """Return the fields that were altered; call it when the form is valid."""
        given = self.cleaned_data
        values = {name: given[name] for name in ("name", *self.code_lists) if given[name] != getattr(person, name)}
        if given["birth_date"] and given["birth_date"] != person.birth_date:
            values["birth_date"] = given["birth_date"].isoformat()
        if given["phone"]:
            values["phone"] = given["phone"]
        return FieldChange(values, given["source"], given["since"], revision=given["revision"], note=given["note"])

    @staticmethod
    def initial_of(person: PersonFacts) -> dict[str, object]:
        """Return what stands, for the form."""
        names = ("name", "birth_date", "revision", *ChangeForm.code_lists)
        return {name: getattr(person, name) for name in names}


EVENT_FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "birth": ("name", "sex_code", "relation_code"),
    "death": ("partner_id",),
    "move_in": ("household_id", "relation_code", "place_division", "place_address"),
    "move": ("household_id", "relation_code", "place_division", "place_address"),
    "move_out": ("place_division", "place_address"),
    "reside": ("place_division", "place_address", "permit_number", "permit_until"),
    "marriage": ("partner_id",),
    "divorce": ("partner_id",),
    "name_change": ("name",),
    "id_correction": ("citizen_id",),
}
"""Which fields the form of each event asks for, beside day, source and note."""


class EventForm(SourcedForm):
    """An event of a life; only the fields of its kind."""

    code_lists = {"sex_code": {"1": SEX["1"], "2": SEX["2"]}, "relation_code": RELATION}
    happened_date = _day(zh("发生日期"), required=True)
    name = _text(zh("姓名"), most=60)
    sex_code = forms.ChoiceField(label=zh("性别"), required=False)
    citizen_id = _text(zh("正确的公民身份号码"), most=18)
    partner_id = forms.IntegerField(label=zh("对方的人口库编号"), required=False, help_text=zh("不在库的不填"))
    household_id = forms.IntegerField(label=zh("迁入户的编号"), required=False, help_text=zh("暂不入户的不填"))
    relation_code = forms.ChoiceField(label=zh("与户主关系"), required=False)
    place_division = _division(zh("地址所在区划代码"))
    place_address = _text(zh("地址"), most=200)
    permit_number = _text(zh("居住证号码"), most=30)
    permit_until = _day(zh("居住证有效期至"))
    note = _text(zh("说明"), most=200)

    def __init__(self, kind: str, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        wanted = {"source", "happened_date", "note", *EVENT_FIELDS[kind]}
        for name in set(self.fields) - wanted:
            del self.fields[name]

    def event(self, kind: str, person: PersonFacts) -> NewEvent:
        """Return what was entered; call it when the form is valid. A birth is recorded at its mother."""
        given = self.cleaned_data
        born = kind == LifeEvent.Kind.BIRTH
        return NewEvent(
            kind=kind,
            happened_date=given["happened_date"],
            source=given["source"],
            person_id=None if born else person.id,
            partner_id=person.id if born else given.get("partner_id"),
            household_id=person.household_id if born else given.get("household_id"),
            relation_code=given.get("relation_code", ""),
            values={name: given[name] for name in ("name", "sex_code", "citizen_id") if name in given},
            place=self.place("place") if "place_division" in given else None,
            permit_number=given.get("permit_number", ""),
            permit_until=given.get("permit_until"),
            note=given["note"],
        )


class CertificateForm(SourcedForm):
    """A certificate to be linked."""

    code_lists = {"kind": dict(Certificate.Kind.choices)}
    kind = forms.ChoiceField(label=zh("证件类型"))
    number = _text(zh("证件号码"), most=40, required=True)
    issuer = _text(zh("发证机关"), most=80)
    from_date = _day(zh("有效期起"))
    until_date = _day(zh("有效期至"))

    def certificate(self) -> NewCertificate:
        """Return what was entered; call it when the form is valid."""
        return NewCertificate(**self.cleaned_data)


class HouseholdForm(SourcedForm):
    """A household to be opened."""

    code_lists = {"kind": dict(Household.Kind.choices)}
    number = _text(zh("户号"), most=20, required=True)
    kind = forms.ChoiceField(label=zh("户类型"), initial="family")
    place_division = _division(zh("地址所在区划代码"), required=True)
    place_address = _text(zh("地址"), most=200, required=True)
    opened_date = _day(zh("立户日期"), help_text=zh("不填为今天"))

    def household(self) -> NewHousehold:
        """Return what was entered; call it when the form is valid."""
        given = self.cleaned_data
        place = self.place("place")
        assert place is not None
        return NewHousehold(given["number"], place, given["source"], given["kind"], given["opened_date"])


class MergeForm(SourcedForm):
    """The household that takes in everybody of another."""

    into = forms.IntegerField(label=zh("并入户的编号"), min_value=1)


class AsOfForm(CityForm):
    """A day, and a moment of knowledge by its place in the line of moments."""

    valid_at = forms.DateField(required=False)
    known = forms.IntegerField(required=False, min_value=0)


def relations(posted: Mapping[str, str], members: Sequence[PersonFacts]) -> dict[int, str]:
    """Return the members that were chosen with their new relation: fields `relation_<id>`."""
    chosen = {item.id: posted.get(f"relation_{item.id}", "") for item in members}
    return {number: relation for number, relation in chosen.items() if relation}
