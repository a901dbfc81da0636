"""What public opinion plugs into the city."""

from onecity.domains.opinion import permissions
from onecity.domains.opinion.indicators import INDICATORS
from onecity.domains.opinion.layers import ARTICLES
from onecity.domains.opinion.menus import MENUS
from onecity.domains.opinion.process import FINDING, MONITORING, first_edition
from onecity.domains.opinion.roles import ROLES
from onecity.domains.opinion.selectors.briefs import may_read_brief
from onecity.domains.opinion.services import rounds
from onecity.domains.opinion.services.briefs import HOLDER
from onecity.domains.opinion.services.collecting import COLLECTING
from onecity.domains.opinion.services.raising import RAISED
from onecity.domains.opinion.services.training import TRAINING, run_training
from onecity.kernel.registry import Domain
from onecity.kernel.text import zh
from onecity.platform.documents.declare import Holder
from onecity.platform.identity.declare import Permission
from onecity.platform.jobs.declare import Job, Tick
from onecity.platform.messages.declare import Template

DECLARATION = Domain(
    code="opinion",
    name=zh("舆情"),
    items=(
        Permission(permissions.VIEW, zh("查看舆情文章、话题、预警与日报")),
        Permission(permissions.JUDGE, zh("研判舆情、转办、生成日报")),
        Permission(permissions.HANDLE, zh("处置舆情事项并反馈")),
        Permission(permissions.APPROVE, zh("审核舆情事项办结")),
        Permission(permissions.CONFIGURE, zh("设置采集源、监测方案、预警阈值与文本模型")),
        *ROLES,
        MONITORING,
        first_edition(),
        FINDING,
        Holder(HOLDER, zh("舆情日报"), may_read=may_read_brief),
        Template(RAISED, zh("舆情预警"), zh("{level}：{title}"), zh("“{title}”达到{level}，请尽快研判"), urgent=True),
        Job(COLLECTING, zh("采集舆情文章"), rounds.run_collecting),
        Job(rounds.ANALYSING, zh("分析舆情文章"), rounds.run_analysing),
        Job(TRAINING, zh("训练文本模型"), run_training, attempts=1),
        Tick("opinion.send_out", zh("安排舆情采集"), 20.0, rounds.send_out_collectors),
        Tick("opinion.understand", zh("分析新到文章"), 5.0, rounds.understand),
        Tick("opinion.judge", zh("重新判定舆情预警"), 60.0, rounds.judge),
        Tick("opinion.write_briefs", zh("生成舆情日报"), 300.0, rounds.write_briefs),
        Tick("opinion.tidy", zh("清理采集记录"), 86_400.0, rounds.tidy),
        ARTICLES,
        *INDICATORS,
        *MENUS,
    ),
)
