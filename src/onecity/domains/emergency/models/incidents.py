"""Incidents, how their grade changed, and their timeline."""

from django.db import models
from django.db.models import Q

from onecity.domains.emergency.rules.codes import GRADES


class Incident(models.Model):
    """Something that happened and that the city must answer. grade: empty until it is graded.

    is_drill: part of an exercise: marked wherever it is shown, and in no figure. origin: what it came from, once.
    """

    class Status(models.TextChoices):
        """How it stands."""

        RECEIVED = "received", "待核实"
        VERIFIED = "verified", "处置中"
        FALSE = "false", "不属实"
        CLOSED = "closed", "已办结"
        MERGED = "merged", "已并报"

    class Source(models.TextChoices):
        """How it was heard of."""

        PHONE = "phone", "电话"
        UNIT = "unit", "单位报送"
        DEPARTMENT = "department", "部门通报"
        PUBLIC = "public", "群众报告"
        SENSOR = "sensor", "监测感知"
        UPPER = "upper", "上级交办"

    number = models.CharField("事件编号", max_length=20, unique=True)
    kind = models.ForeignKey(
        "emergency.IncidentKind", verbose_name="事件类型", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    grade = models.PositiveSmallIntegerField("事件级别", choices=list(GRADES.items()), null=True)
    title = models.CharField("标题", max_length=120)
    words = models.TextField("事件概况")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="值班机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    level = models.CharField("值班机构层级", max_length=10)
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    longitude = models.FloatField("经度", null=True)
    latitude = models.FloatField("纬度", null=True)
    address = models.CharField("地点", max_length=200, blank=True)
    source = models.CharField("信息来源", max_length=12, choices=Source)
    informant = models.CharField("报告单位", max_length=80, blank=True)
    occurred_at = models.DateTimeField("事发时间")
    received_at = models.DateTimeField("接报时间")
    deaths = models.PositiveIntegerField("死亡人数", default=0)
    missing = models.PositiveIntegerField("失联人数", default=0)
    injured = models.PositiveIntegerField("重伤人数", default=0)
    trapped = models.PositiveIntegerField("被困人数", default=0)
    loss_cny = models.DecimalField("直接经济损失（元）", max_digits=16, decimal_places=2, default=0)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.RECEIVED)
    is_drill = models.BooleanField("演练", default=False)
    merged_into = models.ForeignKey(
        "self", verbose_name="并入事件", null=True, on_delete=models.PROTECT, related_name="+"
    )
    origin = models.CharField("来源标识", max_length=80, blank=True)
    verified_at = models.DateTimeField("核实时间", null=True)
    first_response_at = models.DateTimeField("首次响应时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        """Listed by duty room and over all, newest first; an origin makes one incident."""

        verbose_name = "突发事件"
        indexes = [
            models.Index(fields=["organisation", "-received_at", "-id"], name="emergency_incident_keyset"),
            models.Index(fields=["-received_at", "-id"], name="emergency_incident_newest"),
            models.Index(fields=["division_code", "-received_at"], name="emergency_incident_division"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["origin"], condition=~Q(origin=""), name="emergency_one_origin_once")
        ]

    def __str__(self) -> str:
        return self.number


class GradeChange(models.Model):
    """A proposal to set or change an incident's grade, and its decision."""

    class State(models.TextChoices):
        """How it stands."""

        PENDING = "pending", "待审批"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"

    incident = models.ForeignKey(Incident, verbose_name="突发事件", on_delete=models.PROTECT, related_name="+")
    from_grade = models.PositiveSmallIntegerField("原级别", null=True)
    to_grade = models.PositiveSmallIntegerField("拟定级别", choices=list(GRADES.items()))
    reason = models.CharField("理由", max_length=400)
    asked_by = models.ForeignKey(
        "identity.Account", verbose_name="提出人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("提出时间")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        "identity.Account", verbose_name="审批人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("审批时间", null=True)
    note = models.CharField("审批意见", max_length=400, blank=True)

    class Meta:
        """One waits at a time."""

        verbose_name = "级别调整"
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(state="pending"), name="emergency_one_change_waits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}:{self.to_grade}"


class TimelineEntry(models.Model):
    """A line of an incident's timeline (大事记); lines are added, never changed. kind: of `rules.timeline`."""

    incident = models.ForeignKey(
        Incident, verbose_name="突发事件", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField("时间")
    kind = models.CharField("类别", max_length=20)
    text = models.CharField("内容", max_length=600)
    account = models.ForeignKey(
        "identity.Account", verbose_name="记录人", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """Read in order."""

        verbose_name = "处置时间轴"
        indexes = [models.Index(fields=["incident", "at", "id"], name="emergency_timeline_order")]

    def __str__(self) -> str:
        return f"{self.incident_id}:{self.kind}"
