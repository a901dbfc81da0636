"""Messages that emergency management sends."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.messages.declare import Template

TEMPLATES: Final = (
    Template(
        "emergency.incident_taken",
        zh("突发事件接报"),
        zh("突发事件：{title}"),
        zh("接报突发事件 {number}：{title}，请核实处置"),
        urgent=True,
    ),
    Template(
        "emergency.grade_waits",
        zh("级别调整待审批"),
        zh("待审批级别：{title}"),
        zh("突发事件 {number}“{title}”的级别调整等待审批"),
        urgent=True,
    ),
    Template(
        "emergency.report_due",
        zh("信息报送即将到时限"),
        zh("即将到报送时限：{title}"),
        zh("突发事件 {number}“{title}”的信息报送即将到时限"),
        urgent=True,
    ),
    Template(
        "emergency.report_late",
        zh("信息报送逾期"),
        zh("信息报送已逾期：{title}"),
        zh("突发事件 {number}“{title}”的信息报送已经逾期，请立即报送"),
        urgent=True,
    ),
    Template(
        "emergency.shift_waits", zh("请接班"), zh("上一班次已交班，请接班"), zh("上一班次已交班，请查看交班小结并接班")
    ),
    Template(
        "emergency.tasks_opened",
        zh("应急任务下达"),
        zh("应急任务：{title}"),
        zh("{title}：已启动{plan}，请执行：{tasks}"),
        urgent=True,
    ),
    Template(
        "emergency.task_late",
        zh("应急任务逾期"),
        zh("应急任务已逾期：{task}"),
        zh("{title}：应急任务“{task}”已经逾期，请立即完成并反馈"),
        urgent=True,
    ),
)
