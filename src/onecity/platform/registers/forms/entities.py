"""Forms of the register of legal entities."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.registers.contracts.entities import NewEntity, NewHolding, NewLicence, NewOfficer, NewStatus
from onecity.platform.registers.contracts.persons import FieldChange
from onecity.platform.registers.forms.economy import Choices, offer
from onecity.platform.registers.models import EntityPerson, Shareholding
from onecity.platform.registers.rules.entities.fields import DATES, KINDS, STATUSES
from onecity.platform.registers.rules.person_fields import read_place, written_place
from onecity.web.forms import CityForm


def _day(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint, widget=forms.DateInput(attrs={"type": "date"})
    )


class FactsForm(CityForm):
    """What people tell of an entity."""

    name = forms.CharField(label=zh("名称"), max_length=160)
    kind = forms.ChoiceField(label=zh("主体类型"))
    representative_name = forms.CharField(label=zh("法定代表人（负责人）"), max_length=60, required=False)
    registered_capital = forms.CharField(label=zh("注册资本（元）"), max_length=30, required=False)
    capital_currency = forms.CharField(label=zh("注册资本币种"), max_length=3, initial="CNY", required=False)
    industry_code = forms.CharField(
        label=zh("行业代码"), max_length=5, required=False, help_text=zh("GB/T 4754，如 C3911 或 I65")
    )
    division = forms.CharField(label=zh("所在区划"), max_length=12, required=False, help_text=zh("6至12位区划代码"))
    address = forms.CharField(label=zh("住所"), max_length=200, required=False)
    established_on = _day(zh("成立日期"))
    approved_on = _day(zh("核准日期"))
    term_from = _day(zh("营业期限自"))
    term_until = _day(zh("营业期限至"), hint=zh("长期经营的留空"))
    registrar = forms.CharField(label=zh("登记机关"), max_length=120, required=False)
    business_scope = forms.CharField(
        label=zh("经营（业务）范围"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    source = forms.ChoiceField(label=zh("数据来源"))

    def offer(self, sources: Choices) -> None:
        """Offer kinds and sources."""
        offer(self.fields["kind"], [(code, gettext(name)) for code, name in KINDS.items()])
        offer(self.fields["source"], sources)

    def values(self) -> dict[str, str]:
        """Return the facts as canonical text."""
        given = self.cleaned_data
        names = (
            "name", "kind", "representative_name", "registered_capital", "capital_currency", "industry_code",
            "registrar", "business_scope",
        )  # fmt: skip
        days = {name: given[name].isoformat() if given[name] else "" for name in DATES}
        seat = written_place(given["division"].strip(), given["address"].strip())
        return {name: given[name] for name in names} | days | {"seat": seat}


class EntityForm(FactsForm):
    """An entity to be entered."""

    uscc = forms.CharField(label=zh("统一社会信用代码"), max_length=18)
    representative_number = forms.CharField(label=zh("法定代表人身份号码"), max_length=18, required=False)
    longitude = forms.FloatField(label=zh("经度"), required=False, help_text=zh("WGS 84 或 CGCS2000，度"))
    latitude = forms.FloatField(label=zh("纬度"), required=False)
    field_order = ("uscc", "name", "kind", "representative_name", "representative_number")

    def clean(self) -> dict[str, Any]:
        """Have both coordinates or none."""
        given = super().clean() or {}
        if (given.get("longitude") is None) != (given.get("latitude") is None):
            self.add_error("longitude", gettext("经度和纬度应同时填写"))
        return given

    def new(self) -> NewEntity:
        """Return the entity."""
        given = self.cleaned_data
        place = None if given["longitude"] is None else (given["longitude"], given["latitude"])
        return NewEntity(
            uscc=given["uscc"],
            values=self.values(),
            source=given["source"],
            place=place,
            representative_number=given["representative_number"],
        )


class ChangeForm(FactsForm):
    """An entity's facts to be changed."""

    act = forms.ChoiceField(label=zh("方式"), widget=forms.RadioSelect)
    since = _day(zh("变更日期"), hint=zh("更正时不填"))
    note = forms.CharField(label=zh("变更事由"), max_length=200)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def offer(self, sources: Choices) -> None:
        """Offer kinds, sources and the two ways of changing."""
        super().offer(sources)
        ways = (("change", zh("变更：情况发生了变化")), ("correction", zh("更正：原登记有误")))
        offer(self.fields["act"], [(code, gettext(name)) for code, name in ways])

    def clean(self) -> dict[str, Any]:
        """Have a day for a change, and none for a correction."""
        given = super().clean() or {}
        if given.get("act") == "change" and not given.get("since"):
            self.add_error("since", gettext("请填写变更日期"))
        return given

    def change(self, before: Mapping[str, str]) -> FieldChange:
        """Return what differs from the facts as they stand."""
        given = self.cleaned_data
        differing = {name: value for name, value in self.values().items() if value != before[name]}
        return FieldChange(
            values=differing,
            source=given["source"],
            since=given["since"] if given["act"] == "change" else None,
            revision=given["revision"],
            note=given["note"],
        )


def described(facts: Mapping[str, str], *, revision: int, source: str) -> dict[str, object]:
    """Return facts as `ChangeForm` begins with them."""
    division, address = read_place(facts["seat"])
    return {**facts, "division": division, "address": address, "revision": revision, "source": source, "act": "change"}


class StatusForm(CityForm):
    """A step in an entity's life."""

    status = forms.ChoiceField(label=zh("登记状态"))
    since = _day(zh("状态日期"), required=True)
    ground = forms.CharField(label=zh("事由"), max_length=200)
    document_number = forms.CharField(label=zh("文号"), max_length=60, required=False)
    source = forms.ChoiceField(label=zh("数据来源"))

    def offer(self, sources: Choices) -> None:
        """Offer states and sources."""
        offer(self.fields["status"], [(code, gettext(name)) for code, name in STATUSES.items()])
        offer(self.fields["source"], sources)

    def new(self) -> NewStatus:
        """Return the step."""
        given = self.cleaned_data
        return NewStatus(
            given["status"], given["since"], given["ground"], given["source"], document_number=given["document_number"]
        )


class HoldingForm(CityForm):
    """A share."""

    holder_kind = forms.ChoiceField(label=zh("投资人类型"))
    holder_name = forms.CharField(label=zh("投资人名称"), max_length=160, required=False)
    holder_uscc = forms.CharField(
        label=zh("投资单位统一社会信用代码"), max_length=18, required=False, help_text=zh("投资人为法人单位时填写")
    )
    number = forms.CharField(label=zh("身份号码"), max_length=18, required=False, help_text=zh("投资人为自然人时填写"))
    share = forms.DecimalField(label=zh("持股比例（%）"), max_digits=9, decimal_places=6, required=False)
    subscribed = forms.DecimalField(label=zh("认缴出资额（元）"), max_digits=24, decimal_places=2, required=False)
    paid = forms.DecimalField(label=zh("实缴出资额（元）"), max_digits=24, decimal_places=2, required=False)
    since = _day(zh("起始日期"))
    source = forms.ChoiceField(label=zh("数据来源"))

    def offer(self, sources: Choices) -> None:
        """Offer kinds of holders and sources."""
        offer(self.fields["holder_kind"], [(code, gettext(name)) for code, name in Shareholding.Holder.choices])
        offer(self.fields["source"], sources)

    def new(self) -> NewHolding:
        """Return the share."""
        given = self.cleaned_data
        return NewHolding(**{name: given[name] for name in given if name != "source"})


class OfficerForm(CityForm):
    """Somebody who serves an entity."""

    role = forms.ChoiceField(label=zh("职务"))
    name = forms.CharField(label=zh("姓名"), max_length=60)
    number = forms.CharField(label=zh("身份号码"), max_length=18, required=False)
    since = _day(zh("起始日期"))
    source = forms.ChoiceField(label=zh("数据来源"))

    def offer(self, sources: Choices) -> None:
        """Offer places and sources."""
        offer(self.fields["role"], [(code, gettext(name)) for code, name in EntityPerson.Role.choices])
        offer(self.fields["source"], sources)

    def new(self) -> NewOfficer:
        """Return the person."""
        given = self.cleaned_data
        return NewOfficer(given["role"], given["name"], number=given["number"], since=given["since"])


class LicenceForm(CityForm):
    """A licence."""

    name = forms.CharField(label=zh("许可文件名称"), max_length=120)
    number = forms.CharField(label=zh("许可文件编号"), max_length=80)
    issuer = forms.CharField(label=zh("许可机关"), max_length=120)
    content = forms.CharField(label=zh("许可内容"), max_length=300, required=False)
    since = _day(zh("有效期自"))
    until = _day(zh("有效期至"))
    source = forms.ChoiceField(label=zh("数据来源"))

    def offer(self, sources: Choices) -> None:
        """Offer sources."""
        offer(self.fields["source"], sources)

    def new(self) -> NewLicence:
        """Return the licence."""
        given = self.cleaned_data
        return NewLicence(**{name: given[name] for name in given if name != "source"})


class KnownForm(CityForm):
    """Of which day an entity is shown, and as known when."""

    valid_at = _day(zh("当时情况"))
    known_on = _day(zh("截至某日所知"))

    def asked(self, *, today: date) -> tuple[date, date] | None:
        """Return the two days; None when the current state is asked for."""
        if not self.is_valid():
            return None
        valid_at, known_on = self.cleaned_data["valid_at"], self.cleaned_data["known_on"]
        return (valid_at or today, known_on or today) if valid_at or known_on else None


PARTS: Final[Mapping[str, type[StatusForm | HoldingForm | OfficerForm | LicenceForm]]] = {
    "status": StatusForm,
    "holding": HoldingForm,
    "officer": OfficerForm,
    "licence": LicenceForm,
}
"""What can be added to an entity, by the last word of the address."""
