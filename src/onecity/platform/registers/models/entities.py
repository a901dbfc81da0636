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
    """A legal entity or other organisation with a unified social credit code: the current state.

    Former states are `EntityVersion` rows; a first entry has none. source, observed_at: origin of every value that
    `field_sources` (field → [source, instant]) does not name. valid_from: since when this state is true; known_from:
    since when it is recorded.
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
        REVOKED = "revoked", zh("吊销，未注销")
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
    industry_section = models.CharField("行业门类", max_length=1, blank=True)
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
    division_code = models.CharField("所在区划", max_length=12, blank=True)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    observed_at = models.DateTimeField("来源时间")
    field_sources = models.JSONField("各项来源", default=dict, blank=True)
    valid_from = models.DateField("生效日期")
    known_from = models.DateTimeField("入库时间")
    revision = models.PositiveIntegerField("修订号", default=1)
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
    """A former state of an entity.

    It was true from valid_from to before valid_to; it was recorded at known_from. Until closed_at nobody knew of its
    end, so it counted as going on. known_to: since when it is known never to have been so; null while it is believed.
    facts: canonical values, as `rules.entities.fields` names them.
    """

    entity = models.ForeignKey(LegalEntity, verbose_name="法人单位", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField("状态起始日期")
    valid_to = models.DateField("状态终止日期", null=True)
    known_from = models.DateTimeField("记录时间")
    closed_at = models.DateTimeField("得知终止时间", null=True)
    known_to = models.DateTimeField("更正时间", null=True)
    facts = models.JSONField("当时信息")

    class Meta:
        """Read by entity."""

        verbose_name = "法人单位历史状态"

    def __str__(self) -> str:
        return f"{self.entity_id} {self.valid_from}"


class EntityChange(models.Model):
    """A change of an entity: what was changed, from when, by whom, on what ground. Never altered."""

    class Kind(models.TextChoices):
        """Whether the world changed, or the register had been wrong."""

        ENTRY = "entry", zh("登记")
        CHANGE = "change", zh("变更")
        CORRECTION = "correction", zh("登记更正")

    entity = models.ForeignKey(
        LegalEntity, verbose_name="法人单位", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("方式", max_length=12, choices=Kind)
    happened_date = models.DateField("发生日期")
    recorded_at = models.DateTimeField("登记时间")
    fields = models.JSONField("变动字段", default=list)
    note = models.CharField("说明", max_length=200, blank=True)
    actor = models.CharField("经办", max_length=60)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """Read by entity, newest first."""

        verbose_name = "法人单位变更记录"
        indexes = [models.Index(fields=["entity", "-recorded_at", "-id"], name="registers_entitychange_entity")]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.kind} {self.happened_date}"


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
