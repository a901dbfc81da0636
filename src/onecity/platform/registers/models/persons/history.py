"""What was true of a person when, and what was known of it when; and the events of a life."""

from django.db import models

from onecity.kernel.text import zh


class PersonVersion(models.Model):
    """A former state of a person.

    It was true from valid_from to before valid_to; it was recorded at known_from. Until closed_at nobody knew of its
    end, so it counted as going on. known_to: since when it is known never to have been so; null while it is believed.
    facts: the plain values, as `rules.person_history` names them.
    """

    person = models.ForeignKey("registers.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField("状态起始日期")
    valid_to = models.DateField("状态终止日期", null=True)
    known_from = models.DateTimeField("记录时间")
    closed_at = models.DateTimeField("得知终止时间", null=True)
    known_to = models.DateTimeField("更正时间", null=True)
    facts = models.JSONField("当时信息")
    citizen_id_sealed = models.BinaryField("加密公民身份号码", default=b"")
    phone_sealed = models.BinaryField("加密电话", default=b"")

    class Meta:
        """Read by person."""

        verbose_name = "人员历史状态"

    def __str__(self) -> str:
        return f"{self.person_id} {self.valid_from}"


class LifeEvent(models.Model):
    """Something that happened in a life and changed the register."""

    class Kind(models.TextChoices):
        """The events that the register knows."""

        BIRTH = "birth", zh("出生登记")
        DEATH = "death", zh("死亡注销")
        MOVE_IN = "move_in", zh("迁入")
        MOVE_OUT = "move_out", zh("迁出")
        MOVE = "move", zh("市内移居")
        RESIDE = "reside", zh("居住登记")
        MARRIAGE = "marriage", zh("结婚")
        DIVORCE = "divorce", zh("离婚")
        NAME_CHANGE = "name_change", zh("变更姓名")
        ID_CORRECTION = "id_correction", zh("更正公民身份号码")
        CORRECTION = "correction", zh("更正项目")
        CHANGE = "change", zh("变更项目")
        SPLIT = "split", zh("分户")
        JOIN = "join", zh("并户")

    person = models.ForeignKey(
        "registers.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("事件", max_length=16, choices=Kind)
    happened_date = models.DateField("发生日期")
    recorded_at = models.DateTimeField("登记时间")
    partner = models.ForeignKey(
        "registers.Person", verbose_name="对方", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    household = models.ForeignKey(
        "registers.Household",
        verbose_name="相关户",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    fields = models.JSONField("变动字段", default=list)
    note = models.CharField("说明", max_length=200, blank=True)
    actor = models.CharField("经办", max_length=60)
    source = models.ForeignKey(
        "registers.DataSource", verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        """Read by person, newest first."""

        verbose_name = "人口事件"
        indexes = [models.Index(fields=["person", "-happened_date", "-id"], name="registers_event_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_date}"
