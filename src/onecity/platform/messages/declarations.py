"""What messages plug into the city."""

from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.jobs.declare import Job, Tick
from onecity.platform.messages.services.reading import DROP_EVERY_S, JOB, ask_for_drop, run_drop
from onecity.web.declare import HomeEntry, Menu

DECLARATION = Domain(
    code="messages",
    name=zh("消息"),
    items=(
        Job(JOB, zh("清理过期消息"), run_drop),
        Tick("messages.ask_for_drop", zh("定期清理过期消息"), DROP_EVERY_S, ask_for_drop),
        Menu("messages.inbox", zh("我的消息"), "messages:inbox", group=zh("我的工作"), icon="bell", order=70),
        HomeEntry(
            code="messages.latest",
            name=zh("未读消息"),
            description=zh("系统和各业务模块发给您的消息"),
            url_name="messages:inbox",
            portal="workbench",
            icon="bell",
            order=70,
            fragment="messages:latest",
        ),
    ),
)
