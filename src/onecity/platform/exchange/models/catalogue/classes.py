"""What the catalogue is ordered by: classes, code lists, licences, and the rules that a city sets with a date."""

from django.db import models
from django.db.models import Q


class CatalogueClass(models.Model):
    """A node of the classification: 类 (one digit), 项 (three), 目 (six) or 细目 (more)."""

    class Level(models.IntegerChoices):
        """The four levels of the guide."""

        CATEGORY = 1, "类"
        ITEM = 2, "项"
        SUBJECT = 3, "目"
        DETAIL = 4, "细目"

    code = models.CharField("分类代码", max_length=20, unique=True)
    name = models.CharField("分类名称", max_length=60)
    level = models.PositiveSmallIntegerField("分类层级", choices=Level)
    parent_code = models.CharField("上级分类代码", max_length=20, blank=True)
    is_active = models.BooleanField("是否启用", default=True)
    source = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        """Read as a tree; a node's code begins with its parent's."""

        verbose_name = "信息资源分类"
        indexes = [models.Index(fields=["parent_code", "code"], name="exchange_class_parent")]
        constraints = [
            models.CheckConstraint(
                name="exchange_class_lies_in_parent", condition=Q(code__startswith=models.F("parent_code"))
            )
        ]

    def __str__(self) -> str:
        return self.name


class CodeList(models.Model):
    """A list of codes that values of a field are taken from."""

    code = models.CharField("代码表编码", max_length=60, unique=True)
    name = models.CharField("代码表名称", max_length=80)
    source = models.CharField("依据", max_length=120, blank=True)

    class Meta:
        """A city has some hundreds of them."""

        verbose_name = "代码表"

    def __str__(self) -> str:
        return self.name


class CodeValue(models.Model):
    """One value of a code list, exactly as published."""

    code_list = models.ForeignKey(
        CodeList, verbose_name="代码表", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    value = models.CharField("代码", max_length=40)
    name = models.CharField("代码名称", max_length=120)
    position = models.PositiveIntegerField("顺序")

    class Meta:
        """Read in order."""

        verbose_name = "代码值"
        constraints = [models.UniqueConstraint(fields=["code_list", "value"], name="exchange_codevalue_once")]

    def __str__(self) -> str:
        return f"{self.value} {self.name}"


class Licence(models.Model):
    """Under which terms open data may be used."""

    code = models.CharField("许可编码", max_length=40, unique=True)
    name = models.CharField("许可名称", max_length=120)
    uri = models.URLField("许可地址", max_length=200)
    is_default = models.BooleanField("是否默认", default=False)

    class Meta:
        """One is the default."""

        verbose_name = "开放许可"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="exchange_licence_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CatalogueRule(models.Model):
    """What the city lays down for its catalogue from a day on. Rows are added, never changed.

    province_digits: empty for those of each provider's own division.
    """

    valid_from = models.DateField("施行日期", unique=True)
    separator = models.CharField("资源代码分隔符", max_length=3)
    serial_digits = models.PositiveSmallIntegerField("资源代码顺序号位数")
    province_digits = models.CharField("省级代码前两位", max_length=2, blank=True)
    district_letter = models.CharField("行政层级代码", max_length=1)
    correction_days = models.PositiveSmallIntegerField("校核答复时限（工作日）")
    review_days = models.PositiveSmallIntegerField("目录审核时限（工作日）")
    change_days = models.PositiveSmallIntegerField("目录变更更新时限（工作日）")
    overdue_grace = models.PositiveSmallIntegerField("更新宽限期（工作日）")
    source = models.CharField("依据", max_length=200)
    author = models.CharField("录入人", max_length=60)
    created_at = models.DateTimeField("录入时间")

    class Meta:
        """A handful of rows; the newest that is in force holds."""

        verbose_name = "目录编制规则"

    def __str__(self) -> str:
        return str(self.valid_from)


class ProviderCode(models.Model):
    """The front code (前段码) of a provider, by which its datasets are identified."""

    organisation = models.OneToOneField(
        "identity.Organisation", verbose_name="提供方", on_delete=models.PROTECT, related_name="+"
    )
    front_code = models.CharField("前段码", max_length=6, unique=True)
    last_back_code = models.PositiveIntegerField("最后后段码", default=0)

    class Meta:
        """One for a provider."""

        verbose_name = "提供方代码"

    def __str__(self) -> str:
        return self.front_code


class ResourceSerial(models.Model):
    """The last serial number that a class gave out."""

    class_code = models.CharField("分类代码", max_length=20, primary_key=True)
    last = models.PositiveIntegerField("最后顺序号", default=0)

    class Meta:
        """Locked while a number is given out."""

        verbose_name = "资源代码顺序号"

    def __str__(self) -> str:
        return f"{self.class_code}/{self.last}"
