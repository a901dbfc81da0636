"""What the city is measured by reaches whoever leads it."""

from onecity.kernel.registry import declared
from onecity.platform.identity.declare import Role
from onecity.platform.indicators.declare import Indicator


def test_leaders_may_see_every_indicator() -> None:
    leader = declared(Role)["cockpit.leader"]
    hidden = {item.code: item.permission for item in declared(Indicator) if item.permission}
    assert {code for code, permission in hidden.items() if permission not in leader.permissions} == set()
