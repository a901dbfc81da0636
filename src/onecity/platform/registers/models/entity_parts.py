"""Who and what belongs to a legal entity: people, shareholdings, licences, yearly reports, listings."""

from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh
from onecity.platform.registers.models.entities import LegalEntity
from onecity.platform.registers.models.provenance import DataSource


class EntityPart(models.Model):
    """What every row about an entity carries: whose it is, when it held, where it came from."""

    entity = models.ForeignKey(LegalEntity, verbose_name="法人单位", on_delete=models.CASCADE, related_name="+")
    since = models.DateField("起始日期", null=True)
    until = models.DateField("终止日期", null=True)
    source = models.ForeignKey(
        DataSource, verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    known_from = models.DateTimeField("入库时间")
    known_until = models.DateTimeField("失效时间", null=True)

    class Meta:
        """Only a beginning for tables."""

        abstract = True


class PersonPart(models.Model):
    """A person named on a row: by register number where known, else by name and sealed identifier."""

    person = models.BigIntegerField("人口登记编号", null=True)
    person_name = models.CharField("姓名", max_length=60, blank=True)
    id_sealed = models.BinaryField("证件号码密文", default=bytes)
    id_hash = models.CharField("证件号码检索值", max_length=64, blank=True)
    id_masked = models.CharField("证件号码", max_length=30, blank=True)

    class Meta:
        """Only a beginning for tables."""

        abstract = True


class EntityPerson(EntityPart, PersonPart):
    """Somebody who serves an entity."""

    class Role(models.TextChoices):
        """In what place."""

        CHAIR = "chair", zh("董事长")
        DIRECTOR = "director", zh("董事")
        SUPERVISOR = "supervisor", zh("监事")
        MANAGER = "manager", zh("经理")
        PARTNER = "partner", zh("执行事务合伙人")
        LIQUIDATOR = "liquidator", zh("清算组成员")
        FINANCE = "finance", zh("财务负责人")

    role = models.CharField("职务", max_length=12, choices=Role)

    class Meta:
        """Found by entity and by person."""

        verbose_name = "主要人员"
        indexes = [
            models.Index(fields=["id_hash"], condition=~Q(id_hash=""), name="registers_officer_hash"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="registers_officer_person"),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.role}"


class Shareholding(EntityPart, PersonPart):
    """A share in an entity, held by a person, by another entity, or by somebody known by name only.

    share: percent of the whole, 0–100; null when it is not published.
    """

    class Holder(models.TextChoices):
        """Who holds."""

        PERSON = "person", zh("自然人")
        ENTITY = "entity", zh("法人单位")
        OTHER = "other", zh("其他投资者")

    holder_kind = models.CharField("投资人类型", max_length=8, choices=Holder)
    holder_entity = models.ForeignKey(
        LegalEntity, verbose_name="投资单位", on_delete=models.PROTECT, related_name="+", null=True
    )
    holder_name = models.CharField("投资人名称", max_length=160, blank=True)
    share = models.DecimalField("持股比例（%）", max_digits=9, decimal_places=6, null=True)
    subscribed = models.DecimalField("认缴出资额", max_digits=24, decimal_places=2, null=True)
    paid = models.DecimalField("实缴出资额", max_digits=24, decimal_places=2, null=True)
    currency = models.CharField("币种", max_length=3, default="CNY")

    class Meta:
        """Found by entity, by holding entity and by person; a share is a share."""

        verbose_name = "出资信息"
        constraints = [
            models.CheckConstraint(
                name="registers_share_is_percent",
                condition=Q(share__isnull=True) | Q(share__gte=0, share__lte=100),
            ),
            models.CheckConstraint(
                name="registers_share_held_by_entity",
                condition=Q(holder_kind="entity", holder_entity__isnull=False)
                | (~Q(holder_kind="entity") & Q(holder_entity__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["id_hash"], condition=~Q(id_hash=""), name="registers_share_hash"),
            models.Index(fields=["person"], condition=Q(person__isnull=False), name="registers_share_person"),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.holder_kind} {self.share}"


class EntityLicence(EntityPart):
    """A licence that an entity holds. `since` and `until` are its validity."""

    name = models.CharField("许可文件名称", max_length=120)
    number = models.CharField("许可文件编号", max_length=80)
    content = models.CharField("许可内容", max_length=300, blank=True)
    issuer = models.CharField("许可机关", max_length=120)
    revoked_on = models.DateField("撤销或注销日期", null=True)

    class Meta:
        """One number of one issuer once."""

        verbose_name = "行政许可"
        constraints = [models.UniqueConstraint(fields=["issuer", "number"], name="registers_licence_once")]

    def __str__(self) -> str:
        return self.number


class AnnualReport(EntityPart):
    """That an entity gave its report for a year, and what it said of itself."""

    year = models.PositiveSmallIntegerField("报告年度")
    reported_on = models.DateField("报送日期")
    employees = models.PositiveIntegerField("从业人数", null=True)

    class Meta:
        """One report for a year."""

        verbose_name = "年度报告"
        constraints = [models.UniqueConstraint(fields=["entity", "year"], name="registers_annualreport_once")]

    def __str__(self) -> str:
        return f"{self.entity_id} {self.year}"


class AbnormalListing(EntityPart):
    """That an entity was put on the list of abnormal operations: `since`, and `until` when it was taken off."""

    ground = models.CharField("列入原因", max_length=200)
    decided_by = models.CharField("作出决定机关", max_length=120)
    removal_ground = models.CharField("移出原因", max_length=200, blank=True)

    class Meta:
        """Read along time."""

        verbose_name = "经营异常名录记录"

    def __str__(self) -> str:
        return f"{self.entity_id} {self.since}"
