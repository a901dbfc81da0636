"""Enterprises that let out waste, their outlets, what their permits allow, and when outlets stood still."""

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from onecity.domains.environment.models.air import SRID
from onecity.domains.environment.rules.outlets.factors import FACTOR_NAMES, KIND_NAMES
from onecity.domains.environment.rules.outlets.judging import BASIS_NAMES, SPAN_NAMES
from onecity.kernel.text import zh


class Enterprise(models.Model):
    """A polluting enterprise. uscc joins it with the register of legal entities, from which name and address came."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120)
    address = models.CharField("地址", max_length=160, blank=True)
    permit_number = models.CharField("排污许可证编号", max_length=40, blank=True)
    is_key = models.BooleanField("重点排污单位", default=False)
    contact = models.CharField("环保联系部门", max_length=60, blank=True)
    organisation_id = models.BigIntegerField("监管机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("建档时间")

    class Meta:
        """Read newest first within a scope."""

        verbose_name = "排污企业"
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="environment_firm_keyset"),
            models.Index(fields=["division_code"], name="environment_firm_division", opclasses=["text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Outlet(models.Model):
    """An outlet with its data logger; device_id is iot's. factors: what it must report. begun_at: since when."""

    enterprise = models.ForeignKey(Enterprise, verbose_name="企业", on_delete=models.PROTECT, related_name="+")
    device_id = models.BigIntegerField("设备编号", unique=True)
    key = models.CharField("数采仪编码", max_length=64)
    code = models.CharField("排口编号", max_length=20)
    name = models.CharField("排口名称", max_length=80)
    kind = models.CharField("排口类型", max_length=8, choices=list(KIND_NAMES.items()))
    factors = ArrayField(models.CharField(max_length=8), verbose_name="监测因子")
    begun_at = models.DateTimeField("联网时间")
    in_service = models.BooleanField("是否在用", default=True)
    heard_at = models.DateTimeField("最新小时", null=True)
    organisation_id = models.BigIntegerField("监管机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    location = PointField("位置", srid=SRID, null=True)
    created_at = models.DateTimeField("建档时间")

    class Meta:
        """Read newest first within a scope, and by enterprise."""

        verbose_name = "排口"
        constraints = [models.UniqueConstraint(fields=["enterprise", "code"], name="environment_outlet_code")]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="environment_outlet_keyset"),
            models.Index(fields=["division_code"], name="environment_outlet_division", opclasses=["text_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class PermitLimit(models.Model):
    """What the permit allows of one factor from a day on. Rows are added, never changed. upper None lifts the limit."""

    outlet = models.ForeignKey(Outlet, verbose_name="排口", on_delete=models.PROTECT, related_name="+", db_index=False)
    factor = models.CharField("监测因子", max_length=8, choices=list(FACTOR_NAMES.items()))
    span = models.CharField("均值类型", max_length=4, choices=list(SPAN_NAMES.items()))
    basis = models.CharField("判定浓度", max_length=10, choices=list(BASIS_NAMES.items()))
    upper = models.DecimalField("上限", max_digits=12, decimal_places=4, null=True)
    lower = models.DecimalField("下限", max_digits=12, decimal_places=4, null=True)
    valid_from = models.DateField("生效日期")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """Read by outlet, through which the scope comes."""

        verbose_name = "许可排放限值"
        constraints = [
            models.UniqueConstraint(
                fields=["outlet", "factor", "span", "valid_from"], name="environment_permit_limit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.factor} {self.span} {self.upper}"


class Standstill(models.Model):
    """A reported stretch without production, in which no readings are expected of an outlet and none are judged."""

    class Reason(models.TextChoices):
        """Why it stood still."""

        PRODUCTION = "production", zh("停产")
        EQUIPMENT = "equipment", zh("监测设备停运检修")
        POWER = "power", zh("停电")

    outlet = models.ForeignKey(Outlet, verbose_name="排口", on_delete=models.PROTECT, related_name="+", db_index=False)
    begins_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    reason = models.CharField("停运原因", max_length=12, choices=Reason)
    note = models.CharField("说明", max_length=200, blank=True)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """Read by outlet and time."""

        verbose_name = "停运报备"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="environment_standstill_ends")
        ]
        indexes = [models.Index(fields=["outlet", "begins_at"], name="environment_standstill_time")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.begins_at:%Y-%m-%d %H:%M}"
