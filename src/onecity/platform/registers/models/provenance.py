"""Where values come from: sources, who is answerable for which field, and values that did not win."""

from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh


class DataSource(models.Model):
    """A body's dataset that brings values into the registers. Entries name it by its small id."""

    id = models.SmallAutoField(primary_key=True)
    code = models.CharField("来源编码", max_length=80, unique=True)
    name = models.CharField("来源名称", max_length=80)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="来源单位", on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Few rows, never removed."""

        verbose_name = "数据来源"

    def __str__(self) -> str:
        return self.name


class SourceVersion(models.Model):
    """One edition of a register's rules of sources: drafted, then published, then never altered."""

    class State(models.TextChoices):
        """Where an edition is in its life."""

        DRAFT = "draft", zh("草稿")
        PUBLISHED = "published", zh("已发布")

    register = models.CharField("信息库", max_length=60)
    number = models.PositiveIntegerField("版本号")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    valid_from = models.DateTimeField("生效时间", null=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    author = models.CharField("拟定人", max_length=60)
    created_at = models.DateTimeField("拟定时间")
    publisher = models.CharField("发布人", max_length=60, blank=True)
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """One draft at a time; the newest published edition whose time has come is in force."""

        verbose_name = "数据来源规则版本"
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="registers_version_number"),
            models.UniqueConstraint(fields=["register"], condition=Q(state="draft"), name="registers_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"


class SourceRule(models.Model):
    """One line of an edition: the rank of a source for a field; 1 is the answerable source, `*` any other field."""

    version = models.ForeignKey(
        SourceVersion, verbose_name="规则版本", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    field = models.CharField("字段", max_length=60)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    rank = models.PositiveSmallIntegerField("权威次序")

    class Meta:
        """A source stands once for a field."""

        verbose_name = "数据来源规则"
        constraints = [
            models.UniqueConstraint(fields=["version", "field", "source"], name="registers_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.rank}"


class ContestedValue(models.Model):
    """A value that a source brought and that does not stand in the entry: lost by rank, or waiting for a decision."""

    class State(models.TextChoices):
        """What became of it."""

        LOST = "lost", zh("未采用")
        WAITING = "waiting", zh("待裁定")
        ACCEPTED = "accepted", zh("裁定采用")
        REFUSED = "refused", zh("裁定不采用")

    register = models.CharField("信息库", max_length=60)
    entry_id = models.BigIntegerField("条目编号")
    field = models.CharField("字段", max_length=60)
    plain = models.TextField("值", blank=True)
    sealed = models.BinaryField("加密值", default=b"")
    hashed = models.CharField("检索散列", max_length=64)
    masked = models.CharField("脱敏值", max_length=120, blank=True)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    observed_at = models.DateTimeField("来源时间")
    standing_source = models.ForeignKey(
        DataSource, verbose_name="现值来源", on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    standing_at = models.DateTimeField("现值来源时间", null=True)
    state = models.CharField("状态", max_length=10, choices=State)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("行政区划代码", max_length=12, blank=True)
    case_number = models.CharField("案件编号", max_length=40, blank=True)
    created_at = models.DateTimeField("发现时间")
    decided_at = models.DateTimeField("裁定时间", null=True)
    decided_by = models.CharField("裁定人", max_length=60, blank=True)
    note = models.CharField("裁定说明", max_length=200, blank=True)

    class Meta:
        """The same word of the same source is kept once; read by entry, and newest first within a scope."""

        verbose_name = "有争议的值"
        constraints = [
            models.UniqueConstraint(
                fields=["register", "entry_id", "field", "source", "hashed"], name="registers_contested_once"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_contested_keyset"),
            models.Index(fields=["state", "-created_at", "-id"], name="registers_contested_state"),
            models.Index(fields=["id"], name="registers_contested_new", condition=Q(state="waiting", case_number="")),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.entry_id} {self.field}"
