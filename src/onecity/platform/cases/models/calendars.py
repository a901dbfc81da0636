"""The working calendar of a city, as data."""

from django.db import models
from django.db.models import F, Q


class WorkPeriod(models.Model):
    """A working period of every working day. division_code: whose; empty for wherever nothing else is said."""

    division_code = models.CharField("行政区划代码", max_length=12, blank=True)
    start = models.TimeField("开始时刻")
    end = models.TimeField("结束时刻")

    class Meta:
        """A period ends after its start."""

        verbose_name = "工作时段"
        constraints = [
            models.CheckConstraint(name="cases_period_runs_forward", condition=Q(start__lt=F("end"))),
            models.UniqueConstraint(fields=["division_code", "start"], name="cases_period_start"),
        ]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


class CalendarDay(models.Model):
    """A day that differs from the week: a holiday, or a make-up work day."""

    class Kind(models.TextChoices):
        """How it differs."""

        HOLIDAY = "holiday", "放假"
        MAKE_UP = "make_up", "调休上班"

    division_code = models.CharField("行政区划代码", max_length=12, blank=True)
    day = models.DateField("日期")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=40, blank=True)

    class Meta:
        """A day differs in one way."""

        verbose_name = "特殊日期"
        constraints = [models.UniqueConstraint(fields=["division_code", "day"], name="cases_calendar_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
