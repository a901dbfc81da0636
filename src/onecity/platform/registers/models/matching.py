"""Matching of incoming records to persons: models, runs, links, doubtful pairs; merges of entries."""

from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh


class MatchModel(models.Model):
    """One edition of the weights: drafted (by hand or learned from data), then published, then never altered.

    weights: as `rules.matching.Weights` writes them. sure_from, doubtful_from: probabilities, 0–1.
    """

    class State(models.TextChoices):
        """Where an edition is in its life."""

        DRAFT = "draft", zh("草稿")
        PUBLISHED = "published", zh("已发布")

    number = models.PositiveIntegerField("版本号", unique=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    weights = models.JSONField("权重")
    sure_from = models.FloatField("自动采用阈值")
    doubtful_from = models.FloatField("人工核对阈值")
    basis = models.CharField("依据", max_length=200, blank=True)
    author = models.CharField("拟定人", max_length=60)
    created_at = models.DateTimeField("拟定时间")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """The newest published edition is in force; one draft at a time."""

        verbose_name = "匹配模型版本"
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="draft"), name="registers_one_match_draft"),
            models.CheckConstraint(
                condition=Q(doubtful_from__gt=0, doubtful_from__lte=models.F("sure_from"), sure_from__lte=1),
                name="registers_match_thresholds",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)


class MatchRun(models.Model):
    """One delivery of records that was matched, or one search for double entries (no source).

    organisation: of whoever started it; a run without one is seen by those who see everything.
    """

    code = models.CharField("批次编码", max_length=80, unique=True)
    title = models.CharField("批次名称", max_length=120)
    source = models.ForeignKey(
        "registers.DataSource", verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", null=True
    )
    model = models.ForeignKey(MatchModel, verbose_name="匹配模型版本", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "identity.Organisation",
        verbose_name="所属机构",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    records = models.PositiveIntegerField("记录数")
    exact = models.PositiveIntegerField("证件号码一致")
    probable = models.PositiveIntegerField("概率匹配")
    doubtful = models.PositiveIntegerField("待人工核对")
    unmatched = models.PositiveIntegerField("未匹配")
    seconds = models.FloatField("用时（秒）")
    started_by = models.CharField("发起人", max_length=60)
    created_at = models.DateTimeField("完成时间")

    class Meta:
        """Read newest first within a scope."""

        verbose_name = "匹配批次"
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="registers_matchrun_keyset")]

    def __str__(self) -> str:
        return self.code


class MatchLink(models.Model):
    """What became of one record. person: empty while nobody, or nobody for certain, is known."""

    class Outcome(models.TextChoices):
        """How the record was joined to a person."""

        EXACT = "exact", zh("证件号码一致")
        PROBABLE = "probable", zh("概率匹配")
        DOUBTFUL = "doubtful", zh("待人工核对")
        CONFIRMED = "confirmed", zh("人工确认")
        REJECTED = "rejected", zh("人工否定")
        NONE = "none", zh("未匹配")

    run = models.ForeignKey(
        MatchRun, verbose_name="匹配批次", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    record_key = models.CharField("记录主键", max_length=80)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    person = models.ForeignKey(
        "registers.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    probability = models.FloatField("匹配概率", null=True)

    class Meta:
        """Found by the record's key within its run, and by person."""

        verbose_name = "匹配结果"
        constraints = [models.UniqueConstraint(fields=["run", "record_key"], name="registers_matchlink_once")]
        indexes = [
            models.Index(fields=["person"], name="registers_matchlink_person", condition=Q(person__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.record_key}"


class DoubtfulPair(models.Model):
    """A record and a person, or two persons, of whom a clerk must say if they are one.

    facts: the record's plain values (name, sex_code, birth_date, address, division_code, masked citizen_id and phone);
    agreement: field → same, alike, different or unknown. other: the second entry in a search for double entries.
    """

    class State(models.TextChoices):
        """What the clerk said."""

        WAITING = "waiting", zh("待核对")
        SAME = "same", zh("同一人")
        DIFFERENT = "different", zh("不是同一人")

    run = models.ForeignKey(
        MatchRun, verbose_name="匹配批次", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    record_key = models.CharField("记录主键", max_length=80, blank=True)
    person = models.ForeignKey(
        "registers.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    other = models.ForeignKey(
        "registers.Person",
        verbose_name="另一人员",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    probability = models.FloatField("匹配概率")
    facts = models.JSONField("记录内容")
    agreement = models.JSONField("逐项比对")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("行政区划代码", max_length=12)
    created_at = models.DateTimeField("产生时间")
    decided_by = models.CharField("核对人", max_length=60, blank=True)
    decided_at = models.DateTimeField("核对时间", null=True)
    note = models.CharField("核对说明", max_length=200, blank=True)

    class Meta:
        """Read newest first within a scope; waiting ones have an index of their own."""

        verbose_name = "疑似同一人"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "record_key", "person"], condition=Q(other=None), name="registers_pair_once"
            ),
            models.UniqueConstraint(
                fields=["run", "person", "other"], condition=~Q(other=None), name="registers_double_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_pair_keyset"),
            models.Index(fields=["-created_at", "-id"], name="registers_pair_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"pair {self.id}"


class PersonMerge(models.Model):
    """Two entries that were one person: one is kept, the other points to it. It can be undone.

    moved: table → keys of the rows that were moved to the kept entry; former: the merged entry's own state before.
    """

    kept = models.ForeignKey("registers.Person", verbose_name="保留人员", on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey("registers.Person", verbose_name="并入人员", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("并档事由", max_length=200)
    moved = models.JSONField("移动的记录")
    former = models.JSONField("并档前状态")
    merged_by = models.CharField("并档人", max_length=60)
    merged_at = models.DateTimeField("并档时间")
    undone_by = models.CharField("撤销人", max_length=60, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undo_reason = models.CharField("撤销事由", max_length=200, blank=True)

    class Meta:
        """An entry is merged into one other at a time."""

        verbose_name = "人员并档"
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="registers_merged_once"),
            models.CheckConstraint(condition=~Q(kept=models.F("merged")), name="registers_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
