"""What the city sets: its limits as dated rows, who checks where, and by which grant a department is asked."""

from django.db import models
from django.db.models import F, Q

from onecity.domains.welfare.rules.codes import DEPARTMENT_NAMES, Department


class PolicyTable(models.Model):
    """One version of the limits for one place; published ones are never altered (see `rules.policies.Policy`)."""

    number = models.PositiveIntegerField("版本号", unique=True)
    division_code = models.CharField("适用区划", max_length=12, blank=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True)
    line = models.DecimalField("最低生活保障标准", max_digits=10, decimal_places=2)
    margin_multiple = models.DecimalField("边缘家庭收入倍数", max_digits=6, decimal_places=3)
    burden_multiple = models.DecimalField("刚性支出困难家庭收入倍数", max_digits=6, decimal_places=3)
    burden_share = models.DecimalField("刚性支出占收入比例", max_digits=5, decimal_places=4)
    look_back_months = models.PositiveSmallIntegerField("收入核算月数")
    deposit_multiple = models.DecimalField("金融资产上限年数", max_digits=6, decimal_places=3)
    vehicles = models.PositiveSmallIntegerField("允许车辆数")
    houses = models.PositiveSmallIntegerField("允许房屋套数")
    capital = models.DecimalField("允许企业实缴出资", max_digits=14, decimal_places=2)
    housing_line = models.DecimalField("住房保障收入标准", max_digits=10, decimal_places=2)
    housing_area = models.DecimalField("住房困难面积标准", max_digits=8, decimal_places=2)
    support_multiple = models.DecimalField("赡养能力起算倍数", max_digits=6, decimal_places=3)
    support_share = models.DecimalField("推算赡养费比例", max_digits=5, decimal_places=4)
    work_share = models.DecimalField("就业成本扣减比例", max_digits=5, decimal_places=4)
    tolerance = models.DecimalField("允许误差金额", max_digits=10, decimal_places=2)
    tolerance_share = models.DecimalField("允许误差比例", max_digits=5, decimal_places=4)
    uncounted = models.JSONField("不计入的收入项目", default=list, blank=True)
    report_days = models.PositiveSmallIntegerField("核对报告有效天数")
    street_days = models.PositiveSmallIntegerField("街道公示天数")
    county_days = models.PositiveSmallIntegerField("县级公示天数")
    recheck_months = models.PositiveSmallIntegerField("定期复核间隔月数")
    source = models.CharField("文件依据", max_length=200)
    published_at = models.DateTimeField("发布时间", null=True)
    created_by = models.CharField("编制人", max_length=60)
    created_at = models.DateTimeField("编制时间")

    class Meta:
        """Read by place and day; there are few."""

        verbose_name = "救助标准"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="welfare_policy_period"
            ),
            models.CheckConstraint(condition=Q(line__gt=0, look_back_months__gte=1), name="welfare_policy_line"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class CheckingBody(models.Model):
    """Which organisation checks and decides for a county or the whole city."""

    division_code = models.CharField("区划代码", max_length=12, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="核对机构", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """Read by the longest fitting code."""

        verbose_name = "核对机构"

    def __str__(self) -> str:
        return self.division_code


class DepartmentSource(models.Model):
    """By which grant of the exchange a department's dataset is asked. code: a reading of `rules.readings`."""

    code = models.CharField("数据项编码", max_length=40, primary_key=True)
    department = models.CharField("部门", max_length=20, choices=list(DEPARTMENT_NAMES.items()))
    name = models.CharField("数据项名称", max_length=60)
    grant_code = models.CharField("共享授权编号", max_length=60)
    is_active = models.BooleanField("启用", default=True)
    order = models.PositiveSmallIntegerField("排序", default=100)

    class Meta:
        """Asked in this order."""

        verbose_name = "核对数据项"
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.code

    @property
    def asked(self) -> Department:
        """Return the department as the rules know it."""
        return Department(self.department)
