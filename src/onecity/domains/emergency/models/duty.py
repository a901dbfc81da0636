"""Who is on duty when, what they wrote down, and how they handed over."""

from django.db import models
from django.db.models import F, Q

from onecity.domains.emergency.models.incidents import Incident


class DutyShift(models.Model):
    """A shift of a duty room. taken_at: the officer took over. handed_at: he handed over, with `summary`."""

    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="值班机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    begins_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    officer = models.ForeignKey(
        "identity.Account", verbose_name="值班员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    leader = models.ForeignKey(
        "identity.Account", verbose_name="带班领导", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_at = models.DateTimeField("接班时间", null=True)
    handed_at = models.DateTimeField("交班时间", null=True)
    summary = models.TextField("交班小结", blank=True)

    class Meta:
        """Listed by room, the latest first."""

        verbose_name = "值班班次"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="emergency_shift_has_length"),
            models.UniqueConstraint(fields=["organisation", "begins_at"], name="emergency_shift_once"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(taken_at__isnull=False, handed_at__isnull=True),
                name="emergency_one_shift_on_duty",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-begins_at", "-id"], name="emergency_shift_keyset")]

    def __str__(self) -> str:
        return f"{self.organisation_id}:{self.begins_at:%Y%m%d%H%M}"


class DutyEntry(models.Model):
    """A line of the duty log; lines are added, never changed."""

    class Kind(models.TextChoices):
        """What it is about."""

        CALL = "call", "来电"
        DOCUMENT = "document", "来文"
        INSTRUCTION = "instruction", "领导批示"
        INSPECTION = "inspection", "点名抽查"
        MATTER = "matter", "事项"

    shift = models.ForeignKey(DutyShift, verbose_name="值班班次", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="值班机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField("时间")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    text = models.CharField("内容", max_length=1000)
    incident = models.ForeignKey(
        Incident, verbose_name="突发事件", null=True, on_delete=models.PROTECT, related_name="+"
    )
    account = models.ForeignKey(
        "identity.Account", verbose_name="记录人", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """Listed by room, newest first."""

        verbose_name = "值班日志"
        indexes = [models.Index(fields=["organisation", "-at", "-id"], name="emergency_log_keyset")]

    def __str__(self) -> str:
        return f"{self.shift_id}:{self.kind}"
