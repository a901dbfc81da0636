"""What outlets let out: means of hours and days, what exceeded the permit, how much data came."""

from django.db import models

from onecity.domains.environment.models.enterprises import Outlet
from onecity.domains.environment.rules.outlets.factors import FACTOR_NAMES
from onecity.domains.environment.rules.outlets.judging import SPAN_NAMES
from onecity.kernel.text import zh


class OutletMean(models.Model):
    """A mean of one factor. mark: data mark of the period. is_valid: may be judged. judged: what was held
    against the limit. share: per cent of the limit.

    limit_upper, limit_lower: what held; None where there was no limit. total_kg: let out in the period. count, normal:
    values that the mean was made of, 0 where the device sent the mean itself.
    """

    factor = models.CharField("监测因子", max_length=8, choices=list(FACTOR_NAMES.items()))
    mean = models.DecimalField("平均浓度", max_digits=14, decimal_places=4, null=True)
    converted = models.DecimalField("折算浓度", max_digits=14, decimal_places=4, null=True)
    total_kg = models.DecimalField("排放量", max_digits=16, decimal_places=4, null=True)
    mark = models.CharField("数据标记", max_length=1)
    is_valid = models.BooleanField("是否有效")
    count = models.PositiveSmallIntegerField("数据个数")
    normal = models.PositiveSmallIntegerField("正常数据个数")
    limit_upper = models.DecimalField("许可上限", max_digits=12, decimal_places=4, null=True)
    limit_lower = models.DecimalField("许可下限", max_digits=12, decimal_places=4, null=True)
    judged = models.DecimalField("判定浓度", max_digits=14, decimal_places=4, null=True)
    share = models.DecimalField("占限值比例", max_digits=12, decimal_places=2, null=True)
    exceeds = models.BooleanField("是否超标", default=False)
    multiple = models.DecimalField("超标倍数", max_digits=12, decimal_places=2, null=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Only columns; hours and days have tables of their own."""

        abstract = True


class OutletHour(OutletMean):
    """An hour of one factor. told_at: when its share of the limit went back to iot, where rules judge it."""

    outlet = models.ForeignKey(Outlet, verbose_name="排口", on_delete=models.PROTECT, related_name="+", db_index=False)
    begins_at = models.DateTimeField("小时起始")
    flow = models.DecimalField("流量", max_digits=14, decimal_places=4, null=True)
    told_at = models.DateTimeField("送判时间", null=True)

    class Meta:
        """Read by outlet and time; through the outlet, which has the scope."""

        verbose_name = "排口小时数据"
        constraints = [
            models.UniqueConstraint(fields=["outlet", "begins_at", "factor"], name="environment_outlet_hour")
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.factor} {self.begins_at:%Y-%m-%d %H:%M}"


class OutletDay(OutletMean):
    """A day of one factor. count, normal: hours."""

    outlet = models.ForeignKey(Outlet, verbose_name="排口", on_delete=models.PROTECT, related_name="+", db_index=False)
    date = models.DateField("日期")

    class Meta:
        """Read by outlet and date; through the outlet, which has the scope."""

        verbose_name = "排口日数据"
        constraints = [models.UniqueConstraint(fields=["outlet", "date", "factor"], name="environment_outlet_day")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.factor} {self.date}"


class Excess(models.Model):
    """A factor passed its limit on a day: in some of its hours, or in its mean. Found anew with each computation.

    count: exceeding hours, 1 for a day's mean. highest: the value that passed it most. Corrected readings may take it
    back as long as nobody has taken it up.
    """

    class State(models.TextChoices):
        """Where its handling is."""

        OPEN = "open", zh("待核实")
        HANDLING = "handling", zh("核实中")
        CLOSED = "closed", zh("已办结")
        WITHDRAWN = "withdrawn", zh("已撤销")

    class Result(models.TextChoices):
        """What it turned out to be."""

        CONFIRMED = "confirmed", zh("超标属实，依法查处")
        INSTRUMENT = "instrument", zh("监测设备故障")
        CALIBRATION = "calibration", zh("校准或维护未标记")
        STARTING = "starting", zh("设施启停，按规定豁免")
        OTHER = "other", zh("其他")

    outlet = models.ForeignKey(Outlet, verbose_name="排口", on_delete=models.PROTECT, related_name="+", db_index=False)
    factor = models.CharField("监测因子", max_length=8, choices=list(FACTOR_NAMES.items()))
    span = models.CharField("均值类型", max_length=4, choices=list(SPAN_NAMES.items()))
    date = models.DateField("日期")
    count = models.PositiveSmallIntegerField("超标次数")
    first_at = models.DateTimeField("首次超标时间")
    last_at = models.DateTimeField("最近超标时间")
    highest = models.DecimalField("最高浓度", max_digits=14, decimal_places=4)
    limit_upper = models.DecimalField("许可上限", max_digits=12, decimal_places=4)
    limit_lower = models.DecimalField("许可下限", max_digits=12, decimal_places=4, null=True)
    multiple = models.DecimalField("最大超标倍数", max_digits=12, decimal_places=2, null=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    result = models.CharField("核实结果", max_length=12, choices=Result, blank=True)
    handled_by = models.CharField("处理人", max_length=60, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    alarm_id = models.BigIntegerField("告警", null=True)
    case_id = models.BigIntegerField("案件", null=True)
    case_number = models.CharField("案件编号", max_length=40, blank=True)
    organisation_id = models.BigIntegerField("监管机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("发现时间")

    class Meta:
        """Read newest first within a scope; one for an outlet, factor, kind of mean and day."""

        verbose_name = "超标记录"
        constraints = [
            models.UniqueConstraint(fields=["outlet", "factor", "span", "date"], name="environment_excess_once")
        ]
        indexes = [
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="environment_excess_keyset"),
            models.Index(fields=["division_code"], name="environment_excess_division", opclasses=["text_pattern_ops"]),
            models.Index(fields=["alarm_id"], name="environment_excess_alarm"),
        ]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.factor} {self.span} {self.date}"


class ExcessNote(models.Model):
    """What somebody wrote while handling an excess. Rows are added, never changed."""

    excess = models.ForeignKey(Excess, verbose_name="超标记录", on_delete=models.PROTECT, related_name="+")
    text = models.CharField("处理说明", max_length=400)
    author = models.CharField("填写人", max_length=60)
    author_name = models.CharField("填写人姓名", max_length=60)
    at = models.DateTimeField("填写时间")

    class Meta:
        """Read by excess."""

        verbose_name = "超标处理说明"

    def __str__(self) -> str:
        return self.text


class TransmissionMonth(models.Model):
    """How much of a month's hourly values came from an outlet. date: the month's first day."""

    outlet = models.ForeignKey(Outlet, verbose_name="排口", on_delete=models.PROTECT, related_name="+", db_index=False)
    date = models.DateField("月份")
    expected = models.PositiveIntegerField("应收个数")
    received = models.PositiveIntegerField("实收个数")
    effective = models.PositiveIntegerField("有效个数")
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Read by outlet and month, and by month alone."""

        verbose_name = "月有效传输率"
        constraints = [models.UniqueConstraint(fields=["outlet", "date"], name="environment_transmission_month")]
        indexes = [models.Index(fields=["date"], name="environment_transmission_date")]

    def __str__(self) -> str:
        return f"{self.outlet_id} {self.date:%Y-%m}"


class MonitorMethod(models.Model):
    """How outlets' readings are judged from a day on; see `rules.outlets.means.Method`. Rows are only added."""

    valid_from = models.DateField("数据起始日期", unique=True)
    valid_marks = models.CharField("有效数据标记", max_length=12)
    water_share = models.PositiveSmallIntegerField("废水正常数据最低比例")
    gas_share = models.PositiveSmallIntegerField("废气正常数据最低比例")
    water_by_flow = models.BooleanField("废水按流量加权")
    water_hours = models.PositiveSmallIntegerField("废水日均值最少小时数")
    gas_hours = models.PositiveSmallIntegerField("废气日均值最少小时数")
    target_rate = models.PositiveSmallIntegerField("有效传输率目标")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """A handful of rows."""

        verbose_name = "污染源数据审核方法"

    def __str__(self) -> str:
        return f"{self.valid_from}"
