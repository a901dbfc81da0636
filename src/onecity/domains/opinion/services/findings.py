"""A matter becomes a case that somebody answers for; what is kept of it follows the case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.opinion.contracts import NewFinding
from onecity.domains.opinion.models import Article, Finding, Theme
from onecity.domains.opinion.permissions import JUDGE
from onecity.domains.opinion.process import FINDING_TYPE, SOURCE, class_of
from onecity.domains.opinion.rules.warnings import LEVEL_NAMES
from onecity.domains.opinion.selectors.articles import seen_articles, seen_themes
from onecity.domains.opinion.services.access import need
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.cases.api import case, complete_task, open_case
from onecity.platform.cases.contracts import NewCase, OpenedCase, TaskAnswer
from onecity.platform.geo.api import city
from onecity.platform.identity.api import organisation, record

LONGEST_TEXT: Final = 1_500
LONGEST_DESCRIPTION: Final = 4_000
MOST_NAMED: Final = 5
_KEEPER: Final = system_actor("opinion.records")


def hand_over(actor: Actor, *, new: NewFinding, now: datetime) -> OpenedCase:
    """Make a theme or an article a case, and send it to a body at once where one is named. now: city time.

    One theme, one article is handed over once: again gives the same case.
    Raises: NotPermitted; NotFound; Invalid naming the field; what `open_case` and `complete_task` raise.
    """
    need(actor, JUDGE)
    if new.level not in LEVEL_NAMES:
        raise Invalid(fields={"level": zh("请选择舆情等级")})
    if not new.reason.strip():
        raise Invalid(fields={"reason": zh("请写明研判意见")})
    if new.organisation_id is not None:
        organisation(new.organisation_id)
    with transaction.atomic():
        theme, article = _matter(actor, new)
        opened = _open(actor, new, theme=theme, article=article, now=now)
        if not opened.created:
            return opened
        found = case(_KEEPER, opened.number, now=now)
        Finding.objects.create(
            case_id=opened.id,
            number=opened.number,
            theme=theme,
            article=article,
            level=new.level,
            organisation_id=article.organisation_id,
            division_code=article.division_code,
            opened_at=now,
            due_at=found.row.due_at,
            first_told_at=theme.first_at if theme else article.told_at,
        )
        details = {"level": new.level, "theme": new.theme_id, "article": new.article_id}
        record(actor, action="opinion.hand_over", target=f"cases.case:{opened.id}", details=details)
        if new.organisation_id is not None:
            task = next(item for item in found.tasks if item.state == "open")
            answer = TaskAnswer("assign", new.reason.strip(), organisation_id=new.organisation_id)
            complete_task(actor, task_id=task.id, answer=answer, now=now)
    return opened


def note_case(payload: Mapping[str, object]) -> None:
    """Take in that a case has ended. payload: of `cases.case_closed`; any other type's is left alone."""
    if payload["type_code"] != FINDING_TYPE:
        return
    at = datetime.fromisoformat(str(payload["at"]))
    found = case(_KEEPER, str(payload["number"]), now=at).row
    Finding.objects.filter(number=found.number).update(
        status=found.status, closed_at=found.closed_at, due_at=found.due_at
    )


def _matter(actor: Actor, new: NewFinding) -> tuple[Theme | None, Article]:
    """Return the theme, if it is one, and the article that stands for the matter."""
    if new.theme_id is not None:
        theme = seen_themes(actor).select_for_update().filter(id=new.theme_id).first()
        first = Article.objects.filter(theme=theme).order_by("told_at", "id").first() if theme else None
        if theme is None or first is None:
            raise NotFound(zh("没有这个话题"))
        return theme, first
    article = seen_articles(actor).select_for_update(of=("self",)).filter(id=new.article_id or 0).first()
    if article is None:
        raise NotFound(zh("没有这篇文章"))
    return None, article


def _open(actor: Actor, new: NewFinding, *, theme: Theme | None, article: Article, now: datetime) -> OpenedCase:
    place = None
    if article.longitude is not None and article.latitude is not None:
        place = article.longitude, article.latitude
    return open_case(
        actor,
        new=NewCase(
            type_code=FINDING_TYPE,
            title=(theme.title if theme else article.title)[:120],
            organisation_id=article.organisation_id,
            description=_description(new, theme, article),
            class_code=class_of(new.level),
            source_code=SOURCE,
            urgency=1 if new.level >= 3 else 0,
            division_code=article.division_code or _whole_city(),
            location=place,
            origin=f"opinion.theme:{theme.pk}" if theme else f"opinion.article:{article.pk}",
        ),
        now=now,
    )


def _whole_city() -> str:
    """Return the division of a matter without a place: the city's; empty where no city is loaded yet."""
    here = city()
    return here.division_code if here else ""


def _description(new: NewFinding, theme: Theme | None, article: Article) -> str:
    lines = [f"研判意见：{new.reason.strip()}", f"首发：{article.outlet}《{article.title}》{article.url}"]
    if theme is not None:
        lines.append(f"相关文章{theme.articles}篇，其中转载{theme.reposts}篇，负面{theme.negative}篇")
        others = Article.objects.filter(theme=theme, original=None).exclude(id=article.pk).order_by("told_at")
        lines += [f"{item.outlet}《{item.title}》{item.url}" for item in others[:MOST_NAMED]]
    return "\n".join([*lines, article.body[:LONGEST_TEXT]])[:LONGEST_DESCRIPTION]
