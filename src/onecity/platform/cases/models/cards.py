"""Yellow and red cards of electronic supervision."""

from django.db import models
from django.db.models import Q

from onecity.platform.cases.models.cases import Case, Task


class Card(models.Model):
    """A card against the body, and the person if one had claimed it, that let a task run late."""

    class Level(models.TextChoices):
        """How grave."""

        YELLOW = "yellow", "黄牌"
        RED = "red", "红牌"

    class State(models.TextChoices):
        """How it stands."""

        ISSUED = "issued", "已发出"
        APPEALED = "appealed", "申诉中"
        WITHDRAWN = "withdrawn", "已撤销"
        UPHELD = "upheld", "维持"

    case = models.ForeignKey(Case, verbose_name="案件", on_delete=models.PROTECT, related_name="+", db_index=False)
    task = models.ForeignKey(Task, verbose_name="任务", on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.CharField("等级", max_length=10, choices=Level)
    state = models.CharField("状态", max_length=10, choices=State, default=State.ISSUED)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="责任机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    division_code = models.CharField("网格或区划代码", max_length=15, blank=True)
    account = models.ForeignKey(
        "identity.Account", verbose_name="责任人", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    post = models.CharField("申诉答复岗位", max_length=80)
    missed_at = models.DateTimeField("应办结时间")
    issued_at = models.DateTimeField("发出时间")
    appeal_until = models.DateTimeField("申诉截止时间")
    appealed_at = models.DateTimeField("申诉时间", null=True)
    appealed_by = models.CharField("申诉人", max_length=60, blank=True)
    appealed_by_name = models.CharField("申诉人姓名", max_length=60, blank=True)
    appeal = models.TextField("申诉理由", blank=True)
    decide_by = models.DateTimeField("答复期限", null=True)
    reminded_at = models.DateTimeField("催办时间", null=True)
    decided_at = models.DateTimeField("答复时间", null=True)
    decided_by = models.CharField("答复人", max_length=60, blank=True)
    decided_by_name = models.CharField("答复人姓名", max_length=60, blank=True)
    note = models.TextField("答复意见", blank=True)

    class Meta:
        """One card of a level for a missed deadline; read by organisation, newest first."""

        verbose_name = "监察牌"
        constraints = [
            models.UniqueConstraint(fields=["task", "level", "missed_at"], name="cases_card_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "-issued_at", "-id"], name="cases_card_keyset"),
            models.Index(fields=["-issued_at", "-id"], name="cases_card_newest"),
            models.Index(fields=["case", "id"], name="cases_card_of_case"),
            models.Index(
                fields=["decide_by"],
                name="cases_card_undecided",
                condition=Q(state="appealed", reminded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_id}:{self.level}"
