"""The smallest city of which something is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from onecity.domains.opinion import permissions
from onecity.domains.opinion.api import add_source, analyse_waiting, store
from onecity.domains.opinion.contracts import FoundArticle, NewSource
from onecity.domains.opinion.models import Article, Source
from onecity.domains.opinion.services.watching import install_first_thresholds
from onecity.kernel.actor import Actor, system_actor
from onecity.platform.geo.tests.factories import make_tree
from onecity.platform.identity.api import organisation
from onecity.platform.identity.contracts import OrganisationInfo
from onecity.platform.identity.tests.factories import make_actor, make_organisation

SYSTEM: Final = system_actor("test")
BODY: Final = (
    "记者从现场了解到，人民广场附近一处供水主管道凌晨突然爆裂，大量自来水涌上路面，附近多个小区停水，"
    "水务集团已组织抢修队伍赶到现场，预计今晚恢复供水，交警在现场疏导交通，提醒市民绕行。"
)
OTHER: Final = (
    "市图书馆周末举办少儿阅读活动，两百多名小朋友和家长一起参加绘本朗读、手工制作和科普讲座，"
    "图书馆负责人介绍，下个月还将推出夜间延时开放服务，方便上班族借阅图书。"
)


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Who watches what is told of the small city."""

    office: OrganisationInfo
    bureau: OrganisationInfo
    analyst: Actor
    leader: Actor
    undertaker: Actor
    stranger: Actor
    source: Source


class Silent:
    """Progress that nobody watches."""

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        """Take no notice."""


def make_newsroom(now: datetime) -> Newsroom:
    """Make the city, its bodies, people and a source that files are brought in under."""
    make_tree()
    install_first_thresholds()
    office, bureau, other = (make_organisation(name) for name in ("网信办公室", "市水务集团", "市教育局"))
    view, cases = permissions.VIEW, permissions.CASES_VIEW
    leader = make_actor(view, cases, permissions.JUDGE, permissions.APPROVE, permissions.CONFIGURE, organisation=office)
    new = NewSource("本市媒体", "file", office.id)
    return Newsroom(
        office=organisation(office.id),
        bureau=organisation(bureau.id),
        analyst=make_actor(view, cases, permissions.JUDGE, organisation=office),
        leader=leader,
        undertaker=make_actor(cases, permissions.HANDLE, organisation=bureau),
        stranger=make_actor(view, cases, permissions.JUDGE, permissions.CONFIGURE, organisation=other),
        source=add_source(leader, new=new, now=now),
    )


def found(title: str = "供水主管道爆裂多个小区停水", **facts: object) -> FoundArticle:
    """Return an article as it was found, of the burst main unless something else is said."""
    given: dict[str, object] = {"title": title, "body": BODY, "outlet": "晨报", **facts}
    return FoundArticle(**given)  # type: ignore[arg-type]  # test data


def told(room: Newsroom, articles: Sequence[FoundArticle], *, now: datetime) -> list[Article]:
    """Store and understand articles; returns all there are, the earliest first."""
    store(room.source.pk, articles, now=now)
    while analyse_waiting(now=now):
        pass
    return list(Article.objects.order_by("told_at", "id"))


def wave(now: datetime, *, count: int, hours: float, body: str = BODY) -> list[FoundArticle]:
    """Return the same article told by so many outlets, evenly over the last hours."""
    step = timedelta(hours=hours / count)
    return [
        found(
            f"供水主管道爆裂 第{nr}家",
            guid=f"wave{nr}",
            outlet=f"媒体{nr}",
            body=body,
            published_at=now - step * (count - 1 - nr),
        )
        for nr in range(count)
    ]


def moods(count: int = 30) -> Mapping[str, list[str]]:
    """Return made-up texts that speak well and badly, told apart by a few words."""
    good = ("服务热情", "环境干净", "办事很快", "师傅耐心", "道路平整")
    bad = ("态度恶劣", "垃圾遍地", "拖延推诿", "无人处理", "坑洼不平")
    places = ("大厅", "公园", "车站", "小区", "医院", "学校")
    return {
        "positive": [
            f"{places[nr % 6]}{good[nr % 5]}，非常满意，点赞第{'一二三四五六'[nr % 6]}次{'好' * (nr // 6)}"
            for nr in range(count)
        ],
        "negative": [
            f"{places[nr % 6]}{bad[nr % 5]}，非常失望，投诉第{'一二三四五六'[nr % 6]}次{'差' * (nr // 6)}"
            for nr in range(count)
        ],
    }
