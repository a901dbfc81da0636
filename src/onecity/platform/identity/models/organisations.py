"""The organisation tree."""

from django.db import models


class Organisation(models.Model):
    """A body that acts in the city: government, department, street office, community, company, team."""

    class Kind(models.TextChoices):
        """What kind of body."""

        GOVERNMENT = "government", "人民政府"
        DEPARTMENT = "department", "工作部门"
        CENTRE = "centre", "指挥中心"
        STREET = "street", "街道办事处"
        COMMUNITY = "community", "社区"
        ENTERPRISE = "enterprise", "企业"
        TEAM = "team", "班组"

    code = models.CharField("机构编码", max_length=40, unique=True)
    name = models.CharField("机构名称", max_length=120)
    short_name = models.CharField("机构简称", max_length=40)
    kind = models.CharField("机构类型", max_length=20, choices=Kind)
    parent = models.ForeignKey("self", verbose_name="上级机构", null=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField("层级路径", max_length=200, unique=True)
    division_code = models.CharField("行政区划代码", max_length=12, blank=True)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """Read by subtree: `path` is `1/4/9/`, the ids from the root down."""

        verbose_name = "组织机构"
        indexes = [
            models.Index(fields=["path"], name="identity_organisation_path", opclasses=["text_pattern_ops"]),
            models.Index(fields=["parent"], name="identity_organisation_parent"),
        ]

    def __str__(self) -> str:
        return self.short_name
