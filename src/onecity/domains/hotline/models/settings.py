"""Who answers for what, why a demand is not taken up, and the list of topics: data that staff keep."""

from django.db import models


class Centre(models.Model):
    """Who owns the demands of a division: the hotline's body, and the petition office."""

    division_code = models.CharField("区划代码", max_length=15, unique=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="热线承办机构", on_delete=models.PROTECT, related_name="+"
    )
    petition_office = models.ForeignKey(
        "identity.Organisation", verbose_name="信访工作机构", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """One for each division."""

        verbose_name = "热线中心"

    def __str__(self) -> str:
        return self.division_code


class Topic(models.Model):
    """A topic of demands: six digits, two each for the big, the middle and the small class."""

    code = models.CharField("分类编码", max_length=6, primary_key=True)
    name = models.CharField("分类名称", max_length=60)
    name_en = models.CharField("英文名称", max_length=80, blank=True)
    script = models.CharField("受理话术", max_length=500, blank=True)
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """Listed by code."""

        verbose_name = "诉求分类"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class TopicDuty(models.Model):
    """Which body handles a topic (a whole big class or a middle one), everywhere or in a division."""

    topic_code = models.CharField("分类编码", max_length=6)
    division_code = models.CharField("区划代码", max_length=15, blank=True)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="承办单位", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        """One body for a topic in a division."""

        verbose_name = "承办责任"
        constraints = [models.UniqueConstraint(fields=["topic_code", "division_code"], name="hotline_duty_once")]

    def __str__(self) -> str:
        return f"{self.topic_code}:{self.division_code}"


class RefusalReason(models.Model):
    """A reason for which a demand is not taken up, and where the citizen should turn."""

    code = models.CharField("理由编码", max_length=20, primary_key=True)
    name = models.CharField("不予受理理由", max_length=80)
    name_en = models.CharField("英文名称", max_length=120, blank=True)
    advice = models.CharField("告知内容", max_length=200, blank=True)
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """Listed by code."""

        verbose_name = "不予受理理由"

    def __str__(self) -> str:
        return self.name
