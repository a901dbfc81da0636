"""What the workbench plugs into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.web.declare import Menu

DECLARATION = Domain(
    code="workbench",
    name=zh("工作台"),
    items=(Menu("workbench.home", zh("工作台"), "workbench:home", icon="layout-dashboard", order=0),),
)
