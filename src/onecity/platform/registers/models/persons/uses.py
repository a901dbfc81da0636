"""Who used whose data, why; and which blocks of records have landed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from onecity.kernel.text import zh


class PersonUse(models.Model):
    """One use of a person's data: a file opened, a number looked at, a query answered. Never changed."""

    class Kind(models.TextChoices):
        """How the data was used."""

        FILE = "file", zh("查阅档案")
        LOOK = "look", zh("查看原文")
        QUERY = "query", zh("接口查询")
        EXISTS = "exists", zh("存在性核验")

    person_id = models.BigIntegerField("人员编号")
    at = models.DateTimeField("时间")
    kind = models.CharField("方式", max_length=8, choices=Kind)
    actor = models.CharField("使用者", max_length=60)
    actor_name = models.CharField("使用者名称", max_length=60, blank=True)
    organisation_id = models.BigIntegerField("使用者机构", null=True)
    fields = ArrayField(models.CharField(max_length=40), verbose_name="使用字段", default=list)
    reason = models.CharField("事由", max_length=200)
    request_id = models.CharField("请求编号", max_length=64, blank=True)

    class Meta:
        """Read by person, newest first."""

        verbose_name = "个人信息使用记录"
        indexes = [models.Index(fields=["person_id", "-at", "-id"], name="registers_use_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"


class RegisterBlock(models.Model):
    """A block of records that a run has put into a register: the same block again changes nothing."""

    register = models.CharField("信息库", max_length=60)
    run = models.CharField("批次", max_length=80)
    number = models.PositiveIntegerField("块号")
    counts = models.JSONField("计数")
    landed_at = models.DateTimeField("落库时间")

    class Meta:
        """Once for a run and a number."""

        verbose_name = "入库记录块"
        constraints = [
            models.UniqueConstraint(fields=["register", "run", "number"], name="registers_block_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.number}"
