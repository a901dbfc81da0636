"""The five kinds of error that may cross a module's border.

Modules subclass these beside the function that raises them. Each error carries a stable code for programs, a Chinese
sentence for people, and fields that name what was wrong. Only `onecity.web` turns them into HTTP.
"""

from collections.abc import Mapping

from onecity.kernel.text import zh


class OneCityError(Exception):
    """An error that a person or a program outside the module is meant to understand.

    message: a Chinese sentence (the message id) that may hold `{name}` places, filled from `params`.
    fields: what was wrong with which input, by input name; empty when the whole request is at fault.
    """

    code = "error"
    message = zh("操作未能完成")

    def __init__(
        self,
        message: str | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        params: Mapping[str, object] | None = None,
    ) -> None:
        self.template = message or self.message
        self.fields = dict(fields or {})
        self.params = dict(params or {})
        super().__init__(self.sentence())

    def sentence(self, template: str | None = None) -> str:
        """Return the sentence for people, with its places filled; `template` is a translated one."""
        return (template or self.template).format_map(self.params) if self.params else template or self.template


class Invalid(OneCityError):
    """The input breaks a rule; sending it again unchanged cannot help."""

    code = "invalid"
    message = zh("提交的内容不符合要求")


class NotFound(OneCityError):
    """There is no such thing, or the actor may not know that there is."""

    code = "not_found"
    message = zh("没有找到所请求的内容")


class NotPermitted(OneCityError):
    """The actor is known and lacks the right."""

    code = "not_permitted"
    message = zh("您没有进行此项操作的权限")


class Conflict(OneCityError):
    """The state of the thing does not allow the act now; reading it again may help."""

    code = "conflict"
    message = zh("内容已发生变化，请刷新后重试")


class Unavailable(OneCityError):
    """Something this depends on does not answer; the same request may succeed later."""

    code = "unavailable"
    message = zh("服务暂时不可用，请稍后重试")
