"""Residences that are not the household's, former ones, and certificates."""

from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh


class Residence(models.Model):
    """A residence: one away from the registered place (居住登记, with its permit), or a former one of either kind.

    The current registered place stands on the person and is no row here.
    """

    class Kind(models.TextChoices):
        """Registered place or actual dwelling."""

        REGISTERED = "registered", zh("户籍地")
        ACTUAL = "actual", zh("居住地")

    person = models.ForeignKey(
        "registers.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("类别", max_length=10, choices=Kind)
    division_code = models.CharField("行政区划代码", max_length=12)
    address = models.ForeignKey(
        "registers.PersonAddress",
        verbose_name="地址",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    from_date = models.DateField("起始日期")
    to_date = models.DateField("终止日期", null=True)
    permit_sealed = models.BinaryField("加密居住证号码", default=b"")
    permit_masked = models.CharField("脱敏居住证号码", max_length=30, blank=True)
    permit_until_date = models.DateField("居住证有效期至", null=True)
    source = models.ForeignKey(
        "registers.DataSource", verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        """One dwelling at a time; read by person."""

        verbose_name = "居住信息"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="actual", to_date=None), name="registers_one_dwelling"
            ),
        ]
        indexes = [models.Index(fields=["person", "-from_date", "-id"], name="registers_residence_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_date}"


class Certificate(models.Model):
    """A paper that somebody issued to a person; its number finds the person too."""

    class Kind(models.TextChoices):
        """Kinds that the register links; the papers themselves belong to their issuers."""

        PASSPORT = "passport", zh("护照")
        PERMIT = "permit", zh("居住证")
        BIRTH = "birth", zh("出生医学证明")
        DRIVING = "driving", zh("机动车驾驶证")
        SOCIAL = "social", zh("社会保障卡")
        DISABILITY = "disability", zh("残疾人证")
        MILITARY = "military", zh("军人证件")
        OTHER = "other", zh("其他证件")

    class State(models.TextChoices):
        """Whether it holds."""

        VALID = "valid", zh("有效")
        WITHDRAWN = "withdrawn", zh("已注销")

    person = models.ForeignKey(
        "registers.Person", verbose_name="人员", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField("证件类型", max_length=12, choices=Kind)
    number_sealed = models.BinaryField("加密证件号码")
    number_hashed = models.CharField("证件号码散列", max_length=64)
    number_masked = models.CharField("脱敏证件号码", max_length=40)
    issuer = models.CharField("发证机关", max_length=80, blank=True)
    from_date = models.DateField("有效期起", null=True)
    until_date = models.DateField("有效期至", null=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.VALID)
    source = models.ForeignKey(
        "registers.DataSource", verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_at = models.DateTimeField("登记时间")

    class Meta:
        """A number stands once for a kind; read by person, found by number."""

        verbose_name = "证件"
        constraints = [
            models.UniqueConstraint(fields=["kind", "number_hashed"], name="registers_certificate_number"),
        ]
        indexes = [
            models.Index(fields=["person"], name="registers_certificate_person"),
            models.Index(fields=["number_hashed"], name="registers_certificate_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"
