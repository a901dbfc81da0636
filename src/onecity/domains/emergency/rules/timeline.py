"""What lines of a timeline are about."""

from collections.abc import Mapping
from typing import Final

from onecity.kernel.text import zh

KINDS: Final[Mapping[str, str]] = {
    "received": zh("接报"),
    "verified": zh("核实"),
    "false": zh("不属实"),
    "grade": zh("定级"),
    "phone": zh("电话报告"),
    "report": zh("书面报告"),
    "merged": zh("并报"),
    "note": zh("记事"),
    "closed": zh("办结"),
    "activated": zh("启动响应"),
    "level": zh("调整响应"),
    "task": zh("任务"),
    "ended": zh("终止响应"),
    "dispatch": zh("力量调派"),
    "warning": zh("预警"),
}
