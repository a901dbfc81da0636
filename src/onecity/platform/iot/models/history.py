"""What stands beside the observations: roll-ups, days moved out of the database, how long what is kept."""

from django.db import models


class StoreMark(models.Model):
    """How far roll-ups reach; one row. Phenomenon times.

    marked_at: writers note what they store before it. settled_at ≤ marked_at: roll-ups before it hold but for what is
    noted as due.
    """

    marked_at = models.DateTimeField("登记界限")
    settled_at = models.DateTimeField("汇总界限")

    class Meta:
        """One row, entered by the migration."""

        verbose_name = "汇总进度"

    def __str__(self) -> str:
        return f"{self.settled_at:%Y-%m-%d %H:%M}"


class RollupDue(models.Model):
    """Hours of a datastream whose roll-ups must be made (anew); readers count them from the readings until then."""

    datastream_id = models.IntegerField("数据流")
    since_at = models.DateTimeField("起始时间")
    until_at = models.DateTimeField("截止时间")

    class Meta:
        """Taken in order of entry; asked for by datastream."""

        verbose_name = "待汇总时段"
        indexes = [models.Index(fields=["datastream_id"], name="iot_rollupdue_stream")]

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.since_at:%Y-%m-%d %H}"


class Rollup(models.Model):
    """What the readings of a stretch come to. readings: all of them. good: those that count (`rules.quality.JUDGED`).

    weighted: sum of value × seconds for which it stood; weighted_s: those seconds. All but `readings` are of good ones.
    """

    pk = models.CompositePrimaryKey("datastream_id", "begins_at")
    datastream_id = models.IntegerField("数据流")
    begins_at = models.DateTimeField("起始时间")
    readings = models.IntegerField("读数个数")
    good = models.IntegerField("有效个数")
    total = models.FloatField("合计")
    low = models.FloatField("最小值", null=True)
    high = models.FloatField("最大值", null=True)
    first = models.FloatField("首值", null=True)
    last = models.FloatField("末值", null=True)
    first_at = models.DateTimeField("首值时间", null=True)
    last_at = models.DateTimeField("末值时间", null=True)
    weighted = models.FloatField("时间加权合计")
    weighted_s = models.FloatField("有效时长")

    class Meta:
        """Made by the migration: the tables of days and minutes have storage settings that Django does not know."""

        abstract = True

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.begins_at:%Y-%m-%d %H:%M}"


class MinuteRollup(Rollup):
    """A minute of a datastream, partitioned by day; only of hours that hold more than one reading a minute."""

    class Meta:
        """See `Rollup`."""

        verbose_name = "分钟汇总"


class HourRollup(Rollup):
    """An hour of a datastream; only of days that hold many readings. has_minutes: its minutes are rolled up, too."""

    has_minutes = models.BooleanField("含分钟汇总", default=False)

    class Meta:
        """See `Rollup`."""

        verbose_name = "小时汇总"


class DayRollup(Rollup):
    """A day of the city (Asia/Shanghai) of a datastream. has_hours: its hours are rolled up, too."""

    has_hours = models.BooleanField("含小时汇总", default=False)

    class Meta:
        """See `Rollup`."""

        verbose_name = "日汇总"


class ClosedDay(models.Model):
    """A day (UTC) whose partition takes no readings any more: they go to `LateObservation`.

    frozen: the partition still stands. cold: it is gone, and `files` hold its readings, sorted by datastream and time.
    files: [{name, rows, bytes, digest, first, last}]; digest: SHA-256 of the file; first, last: datastream ids.
    """

    class State(models.TextChoices):
        """Where the day's readings are."""

        FROZEN = "frozen", "正在转存"
        COLD = "cold", "已转存"

    day = models.DateField("日期", primary_key=True)
    state = models.CharField("状态", max_length=8, choices=State)
    generation = models.IntegerField("版本", default=0)
    readings = models.BigIntegerField("读数个数", default=0)
    files = models.JSONField("文件", default=list)
    frozen_at = models.DateTimeField("停写时间")
    moved_at = models.DateTimeField("转存时间", null=True)

    class Meta:
        """One row a day."""

        verbose_name = "归档日"

    def __str__(self) -> str:
        return f"{self.day} {self.state}"


class LateObservation(models.Model):
    """A reading of a closed day that came, was corrected or was erased after the day was closed; it goes before the
    day's own under the same key. revision: drawn anew with every change.
    """

    pk = models.CompositePrimaryKey("datastream_id", "phenomenon_at")
    datastream_id = models.IntegerField("数据流")
    phenomenon_at = models.DateTimeField("监测时间")
    result = models.FloatField("监测值", null=True)
    quality = models.SmallIntegerField("数据标记")
    received_at = models.DateTimeField("接收时间")
    erased = models.BooleanField("已删除", default=False)
    revision = models.BigIntegerField("修订号")

    class Meta:
        """Few rows: merged into the day's files from time to time."""

        verbose_name = "归档日补报"

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.phenomenon_at:%Y-%m-%d %H:%M:%S}"


class Retention(models.Model):
    """How many days of what is kept for a type of device; 0 keeps it for good. type_code: "" for all other types.

    raw_until, minute_until, hour_until, day_until: what lay before is gone, in phenomenon time.
    """

    type_code = models.CharField("设备类型", max_length=80, unique=True, blank=True)
    raw_days = models.PositiveIntegerField("原始读数保留天数", default=0)
    minute_days = models.PositiveIntegerField("分钟汇总保留天数", default=0)
    hour_days = models.PositiveIntegerField("小时汇总保留天数", default=0)
    day_days = models.PositiveIntegerField("日汇总保留天数", default=0)
    raw_until = models.DateTimeField("原始读数已清理至", null=True)
    minute_until = models.DateTimeField("分钟汇总已清理至", null=True)
    hour_until = models.DateTimeField("小时汇总已清理至", null=True)
    day_until = models.DateTimeField("日汇总已清理至", null=True)
    author = models.CharField("设定人", max_length=80, blank=True)
    changed_at = models.DateTimeField("设定时间")

    class Meta:
        """A handful of rows."""

        verbose_name = "数据保留期限"

    def __str__(self) -> str:
        return self.type_code or "*"


class StoredCount(models.Model):
    """How many readings of a day of the city were stored for devices of an organisation and place; rows add up."""

    day = models.DateField("日期")
    organisation_id = models.BigIntegerField("所属机构")
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    readings = models.BigIntegerField("读数个数")

    class Meta:
        """Written with every commit of the store, folded by a tick."""

        verbose_name = "读数计数"
        indexes = [models.Index(fields=["day", "organisation_id", "division_code"], name="iot_storedcount_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.readings}"


class SavedView(models.Model):
    """A question to the data explorer that somebody keeps. query: its address's parameters."""

    account = models.ForeignKey("identity.Account", verbose_name="所有者", on_delete=models.CASCADE, related_name="+")
    title = models.CharField("名称", max_length=60)
    query = models.JSONField("查询条件")
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Newest first; a title once for each person."""

        verbose_name = "数据分析视图"
        constraints = [models.UniqueConstraint(fields=["account", "title"], name="iot_savedview_once")]

    def __str__(self) -> str:
        return self.title


class HistoryExport(models.Model):
    """A file that a job makes of readings. file: its name in the storage, "" until it is whole. query: what of."""

    account = models.ForeignKey("identity.Account", verbose_name="所有者", on_delete=models.CASCADE, related_name="+")
    title = models.CharField("名称", max_length=120)
    kind = models.CharField("格式", max_length=8)
    query = models.JSONField("查询条件")
    run_id = models.BigIntegerField("任务", null=True)
    file = models.CharField("文件", max_length=200, blank=True)
    readings = models.BigIntegerField("行数", default=0)
    created_at = models.DateTimeField("创建时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        """Newest first for each person."""

        verbose_name = "数据导出"
        indexes = [models.Index(fields=["account", "-created_at"], name="iot_historyexport_newest")]

    def __str__(self) -> str:
        return self.title
