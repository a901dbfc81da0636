"""The knowledge base: writing, reviewing, publishing and using articles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Max

from onecity.domains.hotline.models import Article, ArticleUse, ArticleVersion
from onecity.domains.hotline.permissions import PUBLISH_KNOWLEDGE, WRITE_KNOWLEDGE
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import record


class NotItsTurn(Conflict):
    """The version does not stand where this may be done with it."""

    code = "version_not_in_turn"
    message = zh("该版本当前状态不能进行此操作，请刷新后重试")


class OwnReview(Conflict):
    """Whoever wrote a version does not review it."""

    code = "own_review"
    message = zh("编写人不能审核自己编写的知识")


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What an article says. valid_until: the last day on which it may be read out; None for no end."""

    title: str
    body: str
    topic_code: str = ""
    keywords: str = ""
    basis: str = ""
    valid_until: date | None = None


def write_article(actor: Actor, *, new: NewVersion, now: datetime, article_id: int | None = None) -> ArticleVersion:
    """Write a draft: of a new article of the writer's body, or the next version of one; an open draft is replaced.

    Raises: NotPermitted; NotFound; Invalid naming the field; NotItsTurn while a version waits for review.
    """
    if not actor.may(WRITE_KNOWLEDGE) or actor.organisation_id is None:
        raise NotPermitted
    _check(new)
    with transaction.atomic():
        article = _article(actor, article_id, new, now)
        rows = ArticleVersion.objects.filter(article=article)
        if rows.filter(state=ArticleVersion.State.SUBMITTED).exists():
            raise NotItsTurn
        draft = rows.filter(state__in=[ArticleVersion.State.DRAFT, ArticleVersion.State.RETURNED]).first()
        number = draft.number if draft else (rows.aggregate(most=Max("number"))["most"] or 0) + 1
        row = draft or ArticleVersion(article=article, number=number)
        row.title, row.body, row.keywords, row.basis = new.title.strip(), new.body.strip(), new.keywords, new.basis
        row.valid_until, row.state, row.reason = new.valid_until, ArticleVersion.State.DRAFT, ""
        row.author_id, row.changed_at = actor.account_id, now
        row.save()
        record(
            actor, action="hotline.write_article", target=f"hotline.article:{article.pk}", details={"version": number}
        )
    return row


def load_articles(actor: Actor, *, articles: Sequence[tuple[int, NewVersion]], now: datetime) -> int:
    """Bring in articles that are published already, of bodies by id; those whose body has one of the title stay.

    Returns how many are new. Raises: NotPermitted; Invalid naming the field.
    """
    if not actor.may(PUBLISH_KNOWLEDGE):
        raise NotPermitted
    new = 0
    with transaction.atomic():
        for owner, item in articles:
            _check(item)
            if ArticleVersion.objects.filter(article__organisation_id=owner, title=item.title).exists():
                continue
            row = Article.objects.create(organisation_id=owner, topic_code=item.topic_code, created_at=now)
            ArticleVersion.objects.create(
                article=row,
                number=1,
                title=item.title,
                body=item.body,
                keywords=item.keywords,
                basis=item.basis,
                valid_until=item.valid_until,
                state=ArticleVersion.State.PUBLISHED,
                changed_at=now,
            )
            new += 1
        record(actor, action="hotline.load_articles", details={"articles": new})
    return new


def submit(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Hand a draft in for review.

    Raises: NotPermitted; NotFound; NotItsTurn.
    """
    if not actor.may(WRITE_KNOWLEDGE):
        raise NotPermitted
    with transaction.atomic():
        row = _version(version_id, ArticleVersion.State.DRAFT)
        if row.article.organisation_id != actor.organisation_id:
            raise NotPermitted
        _turn(actor, row, ArticleVersion.State.SUBMITTED, now=now)


def publish(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Publish a version that was handed in; the one published before is retired.

    Raises: NotPermitted; NotFound; NotItsTurn; OwnReview.
    """
    with transaction.atomic():
        row = _reviewed(actor, version_id)
        before = ArticleVersion.objects.select_for_update().filter(
            article_id=row.article_id, state=ArticleVersion.State.PUBLISHED
        )
        for old in before:
            _turn(actor, old, ArticleVersion.State.RETIRED, now=now)
        row.reviewer_id = actor.account_id
        _turn(actor, row, ArticleVersion.State.PUBLISHED, now=now)


def give_back(actor: Actor, *, version_id: int, reason: str, now: datetime) -> None:
    """Give a version back to its writer with a reason.

    Raises: NotPermitted; NotFound; NotItsTurn; OwnReview; Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": zh("请写明退回理由")})
    with transaction.atomic():
        row = _reviewed(actor, version_id)
        row.reviewer_id, row.reason = actor.account_id, reason.strip()[:200]
        _turn(actor, row, ArticleVersion.State.RETURNED, now=now)


def retire(actor: Actor, *, version_id: int, now: datetime) -> None:
    """Take a published version out of use.

    Raises: NotPermitted; NotFound; NotItsTurn.
    """
    if not actor.may(PUBLISH_KNOWLEDGE):
        raise NotPermitted
    with transaction.atomic():
        _turn(actor, _version(version_id, ArticleVersion.State.PUBLISHED), ArticleVersion.State.RETIRED, now=now)


def note_use(version_id: int, *, case_id: int, now: datetime) -> None:
    """Count that a published article was read out for a demand, once for each demand.

    Raises: NotFound for a version that is not published.
    """
    row = ArticleVersion.objects.filter(id=version_id, state=ArticleVersion.State.PUBLISHED).first()
    if row is None:
        raise NotFound(zh("没有这条知识"))
    _, is_new = ArticleUse.objects.get_or_create(version=row, case_id=case_id, defaults={"used_at": now})
    if is_new:
        Article.objects.filter(id=row.article_id).update(used=F("used") + 1)


def _check(new: NewVersion) -> None:
    faults = {}
    if not new.title.strip() or len(new.title) > 120:
        faults["title"] = zh("请填写标题（至多120字）")
    if not new.body.strip() or len(new.body) > 8000:
        faults["body"] = zh("请填写内容（至多8000字）")
    if faults:
        raise Invalid(fields=faults)


def _article(actor: Actor, article_id: int | None, new: NewVersion, now: datetime) -> Article:
    if article_id is None:
        owner = actor.organisation_id
        assert owner is not None
        return Article.objects.create(organisation_id=owner, topic_code=new.topic_code, created_at=now)
    row = Article.objects.select_for_update().filter(id=article_id).first()
    if row is None:
        raise NotFound(zh("没有这条知识"))
    if row.organisation_id != actor.organisation_id:
        raise NotPermitted
    row.topic_code = new.topic_code
    row.save(update_fields=["topic_code"])
    return row


def _version(version_id: int, state: ArticleVersion.State) -> ArticleVersion:
    row = ArticleVersion.objects.select_for_update(of=("self",)).select_related("article").filter(id=version_id).first()
    if row is None:
        raise NotFound(zh("没有这个知识版本"))
    if row.state != state:
        raise NotItsTurn
    return row


def _reviewed(actor: Actor, version_id: int) -> ArticleVersion:
    if not actor.may(PUBLISH_KNOWLEDGE):
        raise NotPermitted
    row = _version(version_id, ArticleVersion.State.SUBMITTED)
    if row.author_id == actor.account_id:
        raise OwnReview
    return row


def _turn(actor: Actor, row: ArticleVersion, state: ArticleVersion.State, *, now: datetime) -> None:
    row.state, row.changed_at = state, now
    row.save(update_fields=["state", "changed_at", "reviewer", "reason"])
    details = {"version": row.number, "state": str(state)}
    record(actor, action="hotline.turn_article", target=f"hotline.article:{row.article_id}", details=details)
