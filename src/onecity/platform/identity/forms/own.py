"""Forms of one's own account."""

from django import forms

from onecity.kernel.text import zh
from onecity.web.forms import CityForm


class SignInForm(CityForm):
    """Name and password."""

    username = forms.CharField(label=zh("登录名"), max_length=40)
    password = forms.CharField(label=zh("密码"), max_length=128, strip=False, widget=forms.PasswordInput)


class CodeForm(CityForm):
    """A one-time code."""

    code = forms.CharField(label=zh("动态口令"), max_length=6, min_length=6)


class PasswordForm(CityForm):
    """Present and new password."""

    present = forms.CharField(label=zh("当前密码"), max_length=128, strip=False, widget=forms.PasswordInput)
    wanted = forms.CharField(label=zh("新密码"), max_length=128, strip=False, widget=forms.PasswordInput)
    repeated = forms.CharField(label=zh("再次输入新密码"), max_length=128, strip=False, widget=forms.PasswordInput)

    def clean(self) -> dict[str, object]:
        """Refuse two new passwords that differ."""
        data: dict[str, object] = super().clean() or {}
        if data.get("wanted") != data.get("repeated"):
            self.add_error("repeated", zh("两次输入的新密码不一致"))
        return data
