"""Who may call a view: every view says so, and a view that says nothing is refused.

Rows are another matter: they are fetched through selectors that take the actor.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.kernel.text import zh

AccessKind = Literal["public", "signed_in", "permission", "operation"]
V = TypeVar("V", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Access:
    """A view's rule. `operation`: an API whose every operation carries its own rule (see `web.api`)."""

    kind: AccessKind
    permission: str = ""

    def check(self, actor: Actor) -> None:
        """Let the actor pass.

        Raises: SignInNeeded if nobody has signed in; NotPermitted if the permission is lacking.
        """
        if self.kind in {"public", "operation"}:
            return
        if actor.kind == "anonymous":
            raise SignInNeeded
        if self.kind == "permission" and not actor.may(self.permission):
            raise NotPermitted


class SignInNeeded(NotPermitted):
    """Nobody has signed in, or the session has ended."""

    code = "sign_in_needed"
    message = zh("请先登录")


PUBLIC = Access("public")
SIGNED_IN = Access("signed_in")


def permission(code: str) -> Access:
    """Return the rule that asks for one permission."""
    return Access("permission", code)


def public(view: V) -> V:
    """Open a view to everybody."""
    return _with(view, PUBLIC)


def signed_in(view: V) -> V:
    """Open a view to whoever has signed in."""
    return _with(view, SIGNED_IN)


def requires(code: str) -> Callable[[V], V]:
    """Open a view to holders of one permission."""
    return lambda view: _with(view, permission(code))


def access_of(view: object) -> Access | None:
    """Return a view's rule, or None if it has none and must be refused."""
    rule = getattr(view, "access", None)
    return rule if isinstance(rule, Access) else None


def _with(view: V, rule: Access) -> V:
    view.access = rule  # type: ignore[attr-defined]  # functions take attributes; Callable does not say so
    return view
