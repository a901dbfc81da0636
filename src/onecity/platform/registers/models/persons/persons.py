"""A person as the register knows him now."""

from django.db import models
from django.db.models import Q

from onecity.kernel.text import zh


class Person(models.Model):
    """A natural person: the current state. Former states are `PersonVersion` rows; a first entry has none.

    citizen_id_*: sealed (SM4), keyed hash for exact search, masked for lists. division_code: where the person lives.
    registered_*: the place of the household registration (户籍). source, observed_at: origin of every value that
    `field_sources` (field → [source, instant]) does not name. valid_from: since when this state is true; known_from:
    since when it is recorded.
    """

    class Status(models.TextChoices):
        """Where a person's registration stands."""

        ALIVE = "alive", zh("在册")
        DEAD = "dead", zh("死亡")
        MOVED_OUT = "moved_out", zh("迁出")
        MERGED = "merged", zh("已并档")

    name = models.CharField("姓名", max_length=60)
    name_pinyin = models.CharField("姓名拼音", max_length=80, blank=True)
    sex_code = models.CharField("性别代码", max_length=1)
    birth_date = models.DateField("出生日期")
    ethnicity_code = models.CharField("民族代码", max_length=2, blank=True)
    nationality_code = models.CharField("国籍代码", max_length=3, default="156")
    education_code = models.CharField("学历代码", max_length=2, blank=True)
    marital_code = models.CharField("婚姻状况代码", max_length=2, blank=True)
    citizen_id_sealed = models.BinaryField("加密公民身份号码", default=b"")
    citizen_id_hashed = models.CharField("公民身份号码散列", max_length=64, blank=True)
    citizen_id_masked = models.CharField("脱敏公民身份号码", max_length=18, blank=True)
    phone_sealed = models.BinaryField("加密电话", default=b"")
    phone_hashed = models.CharField("电话散列", max_length=64, blank=True)
    phone_masked = models.CharField("脱敏电话", max_length=20, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.ALIVE)
    household = models.ForeignKey(
        "registers.Household",
        verbose_name="所在户",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    relation_code = models.CharField("与户主关系代码", max_length=2, blank=True)
    registered_division_code = models.CharField("户籍地区划代码", max_length=12, blank=True)
    registered_address = models.ForeignKey(
        "registers.PersonAddress",
        verbose_name="户籍地址",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    division_code = models.CharField("居住地区划代码", max_length=12, blank=True)
    actual_address = models.ForeignKey(
        "registers.PersonAddress",
        verbose_name="居住地址",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
    )
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    source = models.ForeignKey(
        "registers.DataSource", verbose_name="数据来源", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    observed_at = models.DateTimeField("来源时间")
    field_sources = models.JSONField("字段来源", default=dict, blank=True)
    valid_from = models.DateField("状态起始日期")
    known_from = models.DateTimeField("记录时间")
    revision = models.PositiveIntegerField("修订号", default=1)
    merged_into_id = models.BigIntegerField("并入人员编号", null=True)
    created_at = models.DateTimeField("登记时间")

    class Meta:
        """Found by identifier, by name and birthday, by pinyin, by address, by household; newest first."""

        verbose_name = "人员"
        constraints = [
            models.UniqueConstraint(
                fields=["citizen_id_hashed"], condition=~Q(citizen_id_hashed=""), name="registers_person_citizen_id"
            ),
        ]
        indexes = [
            models.Index(fields=["name", "birth_date"], name="registers_person_name"),
            models.Index(
                fields=["name_pinyin", "birth_date"],
                name="registers_person_pinyin",
                opclasses=["text_pattern_ops", "date_ops"],
            ),
            models.Index(fields=["household"], name="registers_person_household"),
            models.Index(fields=["registered_address"], name="registers_person_registered"),
            models.Index(
                fields=["actual_address"], name="registers_person_actual", condition=Q(actual_address__isnull=False)
            ),
            models.Index(fields=["division_code"], name="registers_person_division", opclasses=["text_pattern_ops"]),
            models.Index(fields=["organisation", "-created_at", "-id"], name="registers_person_keyset"),
        ]

    def __str__(self) -> str:
        return f"person {self.id}"
