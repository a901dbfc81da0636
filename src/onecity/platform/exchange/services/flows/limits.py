"""The limits of the grant under which a flow runs, asked anew at each run: no text of a flow can widen them."""

from collections.abc import Callable
from typing import Final

from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.plans import Limits

Source = Callable[[str], Limits]
_source: Final[list[Source]] = []
NONE: Final = Limits()


class NoLimits(Conflict):
    """A flow names a grant and nobody can say what the grant allows."""

    code = "exchange.no_limits"
    message = zh("无法取得授权“{grant}”的使用范围，流程不能运行")


def install(source: Source) -> None:
    """Set who says what a grant allows now. It raises a OneCityError when the grant does not hold (any more)."""
    _source[:] = [source]


def limits_of_flow(grant_code: str) -> Limits:
    """Return what a flow may carry; without a grant, everything.

    Raises: NoLimits; what the source raises for a grant that has ended or was withdrawn.
    """
    if not grant_code:
        return NONE
    if not _source:
        raise NoLimits(params={"grant": grant_code})
    return _source[0](grant_code)
