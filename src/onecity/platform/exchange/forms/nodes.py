"""Forms of exchange nodes."""

from collections.abc import Sequence

from django import forms

from onecity.kernel.text import zh
from onecity.web.forms import CityForm


class RequestForm(CityForm):
    """A certificate request, as text."""

    request = forms.CharField(
        label=zh("证书申请（PEM）"),
        max_length=8_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "look-code"}),
        help_text=zh("在前置机上运行 onecity node request 生成的 node.csr 文件内容。"),
    )


class NodeForm(RequestForm):
    """A node to be entered."""

    code = forms.CharField(label=zh("前置机编码"), max_length=40)
    name = forms.CharField(label=zh("前置机名称"), max_length=80)
    organisation_id = forms.TypedChoiceField(label=zh("所属机构"), coerce=int)
    field_order = ("code", "name", "organisation_id", "request")

    def offer(self, organisations: Sequence[tuple[int, str]]) -> None:
        """Offer organisations."""
        chosen = self.fields["organisation_id"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = list(organisations)


class RevokeForm(CityForm):
    """Why a node is shut out."""

    reason = forms.CharField(label=zh("吊销原因"), max_length=200)
