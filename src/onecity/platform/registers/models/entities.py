"""Legal entities: what is registered of them now, and what was registered before."""

from typing import Final

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh
from onecity.platform.registers.models.provenance import DataSource

SRID: Final = 4326
"""WGS 84, longitude first; CGCS2000 (4490) is the same at metre level."""


class LegalEntity(models.Model):
    """A legal entity or other organisation with a unified social credit code.

    field_sources: the fields whose source is not the row's own, `{field: [source's id, instant]}`.
    """

    class Kind(models.TextChoices):
        """What it is."""

        ENTERPRISE = "enterprise", zh("企业法人")
        BRANCH = "branch", zh("企业分支机构")
        SOLE_TRADER = "sole_trader", zh("个体工商户")
        COOPERATIVE = "cooperative", zh("农民专业合作社")
        INSTITUTION = "institution", zh("事业单位")
        ORGAN = "organ", zh("党政机关")
        ASSOCIATION = "association", zh("社会团体")
        FOUNDATION = "foundation", zh("基金会")
        PRIVATE_NON_ENTERPRISE = "private_non_enterprise", zh("社会服务机构")
        AUTONOMOUS = "autonomous", zh("基层群众性自治组织")
        COLLECTIVE = "collective", zh("农村集体经济组织")
        OTHER = "other", zh("其他组织")

    class Status(models.TextChoices):
        """Where it is in its life."""

        EXISTING = "existing", zh("存续")
        SUSPENDED = "suspended", zh("歇业")
        REVOKED = "revoked", zh("吊销")
        DEREGISTERED = "deregistered", zh("注销")
        ANNULLED = "annulled", zh("撤销登记")
        MOVED_OUT = "moved_out", zh("迁出")

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=160)
    words = ArrayField(models.CharField(max_length=4), verbose_name="检索词", default=list)
    kind = models.CharField("主体类型", max_length=24, choices=Kind)
    status = models.CharField("登记状态", max_length=12, choices=Status, default=Status.EXISTING)
    status_on = models.DateField("状态日期", null=True)
    representative_name = models.CharField("法定代表人（负责人）", max_length=60, blank=True)
    representative_person = models.BigIntegerField("法定代表人登记编号", null=True)
    representative_sealed = models.BinaryField("法定代表人证件号码密文", default=bytes)
    representative_hash = models.CharField("法定代表人证件号码检索值", max_length=64, blank=True)
    representative_masked = models.CharField("法定代表人证件号码", max_length=30, blank=True)
    registered_capital = models.DecimalField("注册资本", max_digits=24, decimal_places=2, null=True)
    capital_currency = models.CharField("注册资本币种", max_length=3, default="CNY")
    industry_code = models.CharField("行业代码", max_length=5, blank=True)
    business_scope = models.TextField("经营（业务）范围", blank=True)
    address = models.CharField("住所", max_length=200, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    established_on = models.DateField("成立日期", null=True)
    approved_on = models.DateField("核准日期", null=True)
    term_from = models.DateField("营业期限自", null=True)
    term_until = models.DateField("营业期限至", null=True)
    registrar = models.CharField("登记机关", max_length=120, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="主管部门", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("所在区划", max_length=15, blank=True)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source_at = models.DateTimeField("来源时间")
    field_sources = models.JSONField("各项来源", default=dict, blank=True)
    valid_from = models.DateField("生效日期")
    known_from = models.DateTimeField("入库时间")
    version = models.PositiveIntegerField("版本", default=1)
    is_made_up = models.BooleanField("是否示意数据", default=False)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Read newest first within a scope; found by code, by words of the name, by representative, by place."""

        verbose_name = "法人单位"
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_entity_keyset"),
            models.Index(fields=["-created_at", "-id"], name="registers_entity_newest"),
            models.Index(fields=["division_code"], name="registers_entity_division", opclasses=["text_pattern_ops"]),
            models.Index(fields=["representative_name"], name="registers_entity_represented"),
            models.Index(
                fields=["representative_hash"],
                condition=~Q(representative_hash=""),
                name="registers_entity_repr_hash",
            ),
            GinIndex(fields=["words"], name="registers_entity_words"),
        ]

    def __str__(self) -> str:
        return self.name


class EntityVersion(models.Model):
    """What the register said of an entity before it was changed: true from–until, known from–until. Never altered."""

    class Act(models.TextChoices):
        """Why the version ended: the world changed, or the register had been wrong."""

        CHANGE = "change", zh("变更")
        CORRECTION = "correction", zh("更正")

    entity = models.ForeignKey(
        LegalEntity, verbose_name="法人单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    version = models.PositiveIntegerField("版本")
    facts = models.JSONField("登记内容")
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    field_sources = models.JSONField("各项来源", default=dict)
    valid_from = models.DateField("生效日期")
    valid_until = models.DateField("失效日期", null=True)
    known_from = models.DateTimeField("入库时间")
    known_until = models.DateTimeField("被取代时间")
    act = models.CharField("取代方式", max_length=12, choices=Act)
    changed_by = models.CharField("变更人", max_length=60)
    reason = models.CharField("变更事由", max_length=200, blank=True)

    class Meta:
        """Read along an entity's history."""

        verbose_name = "法人单位历史版本"
        constraints = [models.UniqueConstraint(fields=["entity", "version"], name="registers_entity_version_once")]

    def __str__(self) -> str:
        return f"{self.entity_id} v{self.version}"


class EntityName(models.Model):
    """A name that an entity had before."""

    entity = models.ForeignKey(LegalEntity, verbose_name="法人单位", on_delete=models.CASCADE, related_name="+")
    name = models.CharField("曾用名称", max_length=160)
    words = ArrayField(models.CharField(max_length=4), verbose_name="检索词", default=list)
    until = models.DateField("停用日期", null=True)

    class Meta:
        """Found by words; one name once."""

        verbose_name = "曾用名称"
        constraints = [models.UniqueConstraint(fields=["entity", "name"], name="registers_entityname_once")]
        indexes = [GinIndex(fields=["words"], name="registers_entityname_words")]

    def __str__(self) -> str:
        return self.name


class EntityStatus(models.Model):
    """A step in an entity's life: from which day it stood so, and on what ground."""

    entity = models.ForeignKey(
        LegalEntity, verbose_name="法人单位", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    status = models.CharField("登记状态", max_length=12, choices=LegalEntity.Status)
    since = models.DateField("起始日期")
    ground = models.CharField("事由", max_length=200, blank=True)
    document_number = models.CharField("文号", max_length=60, blank=True)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Read along time; a status begins once a day."""

        verbose_name = "登记状态变化"
        constraints = [
            models.UniqueConstraint(fields=["entity", "since", "status"], name="registers_entitystatus_once")
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.status} {self.since}"
