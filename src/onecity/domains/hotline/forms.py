"""What citizens, call-takers, editors and leaders are asked."""

from collections.abc import Iterable, Sequence
from typing import Final

from django import forms
from django.core import signing
from django.utils.translation import gettext

from onecity.domains.hotline.kinds import KINDS, PETITION_KINDS
from onecity.domains.hotline.selectors.settings import refusal_reasons, topic_groups
from onecity.domains.hotline.sources import BY_STAFF, SOURCES
from onecity.kernel.text import zh
from onecity.platform.geo.api import PositionFields
from onecity.web.forms import CityForm

PHONE: Final = r"^(1\d{10}|0\d{2,3}-?\d{7,8})$"
WRONG_PHONE: Final = zh("请填写11位手机号或带区号的固定电话")
URGENCIES: Final = ((0, zh("一般")), (1, zh("紧急")), (2, zh("特急")))
_KEYS = signing.Signer(salt="hotline.demand")
_SOURCES: Final = [(item.code, item.name) for item in SOURCES if item.code in BY_STAFF]


def new_key(text: str) -> str:
    """Return a submission's key as the page carries it, signed so that nobody makes his own."""
    return _KEYS.sign(text)


def _spoken(pairs: Iterable[tuple[object, str]]) -> list[tuple[object, str]]:
    """Return choices in the visitor's language."""
    return [(value, gettext(label)) for value, label in pairs]


def _offer(form: CityForm, name: str, choices: Sequence[tuple[object, object]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class _Keyed(CityForm):
    key = forms.CharField(max_length=160, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        """Take the signature off.

        Raises: ValidationError if the key is not ours.
        """
        try:
            return _KEYS.unsign(self.cleaned_data["key"])
        except signing.BadSignature:
            raise forms.ValidationError(zh("页面已失效，请刷新后重新填写")) from None


class DemandForm(PositionFields, _Keyed):
    """A demand as a citizen writes it."""

    kind = forms.ChoiceField(label=zh("诉求类型"), choices=KINDS)
    words = forms.CharField(
        label=zh("诉求内容"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=zh("请写明时间、地点、经过和您希望怎样解决。请勿填写他人的姓名、电话等信息"),
    )
    caller_name = forms.CharField(
        label=zh("称呼"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    caller_phone = forms.RegexField(
        PHONE,
        label=zh("联系电话"),
        max_length=20,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"invalid": WRONG_PHONE},
    )
    keep_secret = forms.BooleanField(label=zh("请对我的信息保密，不告知被反映单位"), required=False)
    consent = forms.BooleanField(label=zh("我已阅读并同意个人信息使用说明"))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        _offer(self, "kind", _spoken(KINDS))


class CallForm(_Keyed):
    """A demand as a call-taker writes it down. What it becomes is said by the button."""

    caller_phone = forms.RegexField(
        PHONE,
        label=zh("来电号码"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        error_messages={"invalid": WRONG_PHONE},
    )
    caller_name = forms.CharField(label=zh("称呼"), max_length=40, required=False)
    kind = forms.ChoiceField(label=zh("诉求类型"), choices=[*KINDS, *PETITION_KINDS])
    source_code = forms.ChoiceField(label=zh("来源渠道"), choices=_SOURCES, initial=BY_STAFF[0])
    urgency = forms.TypedChoiceField(label=zh("紧急程度"), coerce=int, choices=URGENCIES, initial=0)
    words = forms.CharField(label=zh("诉求内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    address = forms.CharField(label=zh("事发地点"), max_length=200, required=False)
    longitude = forms.FloatField(label=zh("经度"), required=False, min_value=-180, max_value=180)
    latitude = forms.FloatField(label=zh("纬度"), required=False, min_value=-90, max_value=90)
    topic_code = forms.ChoiceField(label=zh("诉求分类"), required=False)
    keep_secret = forms.BooleanField(label=zh("要求保密"), required=False)
    people = forms.IntegerField(label=zh("联名人数"), min_value=1, initial=1, required=False)
    representatives = forms.IntegerField(label=zh("推选代表人数"), min_value=1, initial=1, required=False)
    suggested_code = forms.CharField(max_length=6, required=False, widget=forms.HiddenInput)
    note = forms.CharField(
        label=zh("答复或说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason_code = forms.ChoiceField(label=zh("不予受理理由"), required=False)
    version_id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        _offer(self, "kind", _spoken([*KINDS, *PETITION_KINDS]))
        _offer(self, "source_code", _spoken(_SOURCES))
        _offer(self, "urgency", _spoken(URGENCIES))
        _offer(self, "topic_code", [("", "—"), *((group.name, list(group.choices)) for group in topic_groups())])
        _offer(self, "reason_code", [("", "—"), *refusal_reasons()])


class FollowForm(CityForm):
    """Number and code of a demand."""

    number = forms.RegexField(
        r"^\d{19}$",
        label=zh("工单编号"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "19", "autocomplete": "off"}),
        error_messages={"invalid": zh("工单编号是19位数字")},
    )
    code = forms.CharField(
        label=zh("查询码"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class RatingForm(CityForm):
    """How a citizen found the handling."""

    satisfaction = forms.ChoiceField(
        label=zh("您对办理结果满意吗"),
        choices=[("satisfied", zh("满意")), ("basic", zh("基本满意")), ("unsatisfied", zh("不满意"))],
        widget=forms.RadioSelect,
    )
    solved = forms.BooleanField(label=zh("我的诉求已经解决"), required=False)


class ArticleForm(CityForm):
    """An article of the knowledge base."""

    title = forms.CharField(label=zh("标题"), max_length=120)
    topic_code = forms.ChoiceField(label=zh("诉求分类"), required=False)
    keywords = forms.CharField(label=zh("关键词"), max_length=200, required=False)
    body = forms.CharField(label=zh("内容"), max_length=8000, widget=forms.Textarea(attrs={"rows": 12}))
    basis = forms.CharField(label=zh("依据"), max_length=200, required=False)
    valid_until = forms.DateField(label=zh("有效期至"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        topic = self.fields["topic_code"]
        assert isinstance(topic, forms.ChoiceField)
        topic.choices = [("", "—"), *((group.name, list(group.choices)) for group in topic_groups())]


class DutyForm(CityForm):
    """Which body handles a topic."""

    topic_code = forms.ChoiceField(label=zh("诉求分类"))
    division_code = forms.CharField(label=zh("区划代码"), max_length=15, required=False, help_text=zh("留空为全市"))
    organisation_id = forms.TypedChoiceField(label=zh("承办单位"), coerce=int)

    def offer(self, bodies: list[tuple[int, str]]) -> None:
        """Offer topics and bodies."""
        topic, body = self.fields["topic_code"], self.fields["organisation_id"]
        assert isinstance(topic, forms.ChoiceField)
        assert isinstance(body, forms.ChoiceField)
        topic.choices = [(group.name, list(group.choices)) for group in topic_groups()]
        body.choices = [(str(number), name) for number, name in bodies]
