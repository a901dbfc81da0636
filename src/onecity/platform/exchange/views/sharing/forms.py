"""Forms of sharing."""

from collections.abc import Sequence
from typing import Final

from django import forms
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.blocks import Comparison
from onecity.platform.exchange.contracts.sharing import NewRequest, NewSupply, SharedDataset, Sharing
from onecity.platform.exchange.models import DatasetSupply
from onecity.platform.exchange.rules.sharing.identifiers import CITIZEN, ENTERPRISE
from onecity.platform.exchange.selectors.sharing.parameters import KINDS
from onecity.platform.exchange.services.sharing.subscribing import NewSubscription
from onecity.platform.exchange.views.sharing.shown import FORMS, OPERATORS
from onecity.web.forms import CityForm

CONDITIONS: Final = 2
_SUPPLY_KINDS: Final = [(item.value, str(item.label)) for item in DatasetSupply.Kind]
_SUBJECTS: Final = (("", zh("不按对象查询")), (CITIZEN, zh("公民身份号码")), (ENTERPRISE, zh("统一社会信用代码")))
_WITHOUT_VALUE: Final = frozenset({"is_null", "not_null"})


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RequestForm(CityForm):
    """A request for one dataset."""

    organisation = forms.ChoiceField(label=zh("申请单位"))
    form = forms.ChoiceField(label=zh("共享方式"), choices=FORMS)
    purpose = forms.CharField(
        label=zh("使用用途"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=zh("写明办理的业务和需要这些数据的原因；要求明文的，一并说明必要性"),
    )
    legal_ground = forms.CharField(label=zh("法律法规依据"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    fields_wanted = forms.MultipleChoiceField(label=zh("申请信息项"), required=False)
    clear_fields = forms.MultipleChoiceField(label=zh("要求明文"), required=False)
    needs_consent = forms.BooleanField(
        label=zh("查询以当事人书面授权为前提"), required=False, help_text=zh("每次查询须填写授权书编号")
    )
    queries_per_day = forms.IntegerField(
        label=zh("每日查询上限"), required=False, min_value=1, max_value=1_000_000, help_text=zh("不填为全市默认值")
    )
    starts = forms.DateField(label=zh("使用起始日期"), widget=_date())
    ends = forms.DateField(label=zh("使用截止日期"), widget=_date())
    contact_name = forms.CharField(label=zh("联系人"), max_length=40)
    contact_phone = forms.CharField(label=zh("联系电话"), max_length=20, required=False)

    def offer(self, dataset: SharedDataset, *, organisations: Sequence[tuple[int, str]]) -> "RequestForm":
        """Offer the dataset's fields that may be asked for, conditions on them, and the organisations."""
        open_fields = [field for field in dataset.fields if field.sharing is not Sharing.NONE]
        _choices(self.fields["form"], _spoken(FORMS))
        _choices(self.fields["organisation"], [(str(identity), name) for identity, name in organisations])
        _choices(self.fields["fields_wanted"], [(field.column, field.name) for field in open_fields])
        _choices(self.fields["clear_fields"], [(field.column, field.name) for field in open_fields if field.mask])
        columns = [("", "—"), *((field.column, field.name) for field in open_fields)]
        for number in range(1, CONDITIONS + 1):
            self.fields[f"column_{number}"] = forms.ChoiceField(label=zh("信息项"), choices=columns, required=False)
            self.fields[f"operator_{number}"] = forms.ChoiceField(
                label=zh("条件"), choices=[(code, gettext(name)) for code, name in OPERATORS], required=False
            )
            self.fields[f"value_{number}"] = forms.CharField(label=zh("取值"), max_length=200, required=False)
        self.dress()
        return self

    def request(self, dataset_code: str, *, earlier_grant: str) -> NewRequest:
        """Return what was asked."""
        given = self.cleaned_data
        return NewRequest(
            dataset_code=dataset_code,
            organisation_id=int(given["organisation"]),
            form=given["form"],
            purpose=given["purpose"],
            legal_ground=given["legal_ground"],
            fields=tuple(given["fields_wanted"]),
            clear_fields=tuple(given["clear_fields"]),
            conditions=self._conditions(),
            needs_consent=given["needs_consent"],
            queries_per_day=given["queries_per_day"] or 0,
            starts=given["starts"],
            ends=given["ends"],
            contact_name=given["contact_name"],
            contact_phone=given["contact_phone"],
            earlier_grant=earlier_grant,
        )

    def _conditions(self) -> tuple[Comparison, ...]:
        found = []
        for number in range(1, CONDITIONS + 1):
            column, operator = self.cleaned_data[f"column_{number}"], self.cleaned_data[f"operator_{number}"]
            if not column:
                continue
            text = self.cleaned_data[f"value_{number}"].strip()
            found.append(Comparison(column, operator, _values(operator, text)))
        return tuple(found)


class MendForm(CityForm):
    """What of a request that was sent back may be put better."""

    purpose = forms.CharField(label=zh("使用用途"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    legal_ground = forms.CharField(label=zh("法律法规依据"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    contact_name = forms.CharField(label=zh("联系人"), max_length=40)


class QueryForm(CityForm):
    """A question about one person or enterprise."""

    grant = forms.ChoiceField(label=zh("共享授权"))
    identifier = forms.CharField(
        label=zh("公民身份号码或统一社会信用代码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = forms.CharField(label=zh("查询事由"), max_length=200, help_text=zh("如：核对某案件当事人名下车辆"))
    consent = forms.CharField(label=zh("授权书编号"), max_length=80, required=False)

    def offer(self, grants: Sequence[tuple[str, str]]) -> "QueryForm":
        """Offer the grants in force."""
        _choices(self.fields["grant"], grants)
        return self


class SubscriptionForm(CityForm):
    """Where a push goes and when; pulls and files need nothing."""

    connection_code = forms.ChoiceField(label=zh("目标连接"))
    target_table = forms.CharField(label=zh("目标表"), max_length=160)
    cron = forms.CharField(
        label=zh("执行计划"),
        max_length=60,
        required=False,
        help_text=zh("五段式定时，如 30 2 * * * 为每日 2:30；不填为人工启动"),
    )

    def offer(self, connections: Sequence[tuple[str, str]]) -> "SubscriptionForm":
        """Offer the consumer's connections."""
        _choices(self.fields["connection_code"], connections)
        return self

    def subscription(self, grant_code: str) -> NewSubscription:
        """Return what was asked for."""
        given = self.cleaned_data
        return NewSubscription(grant_code, given["connection_code"], given["target_table"], given["cron"])


class SupplyForm(CityForm):
    """Where a dataset's rows are taken from."""

    kind = forms.ChoiceField(label=zh("供数方式"), choices=_SUPPLY_KINDS)
    connection_code = forms.ChoiceField(label=zh("来源连接"), required=False)
    table = forms.CharField(label=zh("来源表"), max_length=160, required=False)
    key = forms.CharField(
        label=zh("主键列"), max_length=200, required=False, help_text=zh("来源表的列名，多个用逗号分隔")
    )
    cursor = forms.CharField(
        label=zh("增量列"),
        max_length=80,
        required=False,
        help_text=zh("只增不减的序号或更新时间列，用于增量推送和拉取"),
    )
    subject_kind = forms.ChoiceField(label=zh("按对象查询"), required=False, choices=_SUBJECTS)
    subject_column = forms.CharField(label=zh("对象标识列"), max_length=80, required=False)
    columns = forms.CharField(
        label=zh("列对应"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=zh("目录信息项与来源列名不同的，每行写“信息项=列名”"),
    )

    def offer(self, connections: Sequence[tuple[str, str]]) -> "SupplyForm":
        """Offer the provider's connections."""
        _choices(self.fields["kind"], _spoken(_SUPPLY_KINDS))
        _choices(self.fields["subject_kind"], _spoken(_SUBJECTS))
        _choices(self.fields["connection_code"], [("", "—"), *connections])
        return self

    def supply(self, dataset_code: str) -> NewSupply:
        """Return what was said."""
        given = self.cleaned_data
        pairs = (line.partition("=") for line in given["columns"].splitlines() if "=" in line)
        return NewSupply(
            dataset_code=dataset_code,
            kind=given["kind"],
            connection_code=given["connection_code"],
            table=given["table"].strip(),
            key=_listed(given["key"]),
            cursor=given["cursor"].strip(),
            columns={left.strip(): right.strip() for left, _, right in pairs},
            subject_column=given["subject_column"].strip(),
            subject_kind=given["subject_kind"],
        )


class ParameterForm(CityForm):
    """A figure from a day on."""

    code = forms.ChoiceField(label=zh("参数"), choices=[(kind.code, kind.name) for kind in KINDS])
    value = forms.IntegerField(label=zh("参数值"), min_value=0)
    valid_from = forms.DateField(label=zh("生效日期"), widget=_date())
    basis = forms.CharField(label=zh("设定依据"), max_length=300)

    def spoken(self) -> "ParameterForm":
        """Name the parameters in the visitor's language."""
        _choices(self.fields["code"], _spoken([(kind.code, kind.name) for kind in KINDS]))
        return self


def _choices(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(choices)


def _spoken(choices: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return fixed choices in the visitor's language."""
    return [(code, gettext(label)) for code, label in choices]


def _values(operator: str, text: str) -> tuple[str, ...]:
    if operator in _WITHOUT_VALUE or not text:
        return ()
    return _listed(text) if operator == "in" else (text,)


def _listed(text: str) -> tuple[str, ...]:
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())
