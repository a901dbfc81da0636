"""What comes from other systems: keys and endpoints of Open311, imported requests."""

from django.db import models


class Open311Key(models.Model):
    """A key with which another system hands in service requests; only its keyed hash is kept."""

    name = models.CharField("应用名称", max_length=80)
    key_hashed = models.CharField("密钥摘要", max_length=64, unique=True)
    is_active = models.BooleanField("是否启用", default=True)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Found by hash."""

        verbose_name = "Open311密钥"

    def __str__(self) -> str:
        return self.name


class Open311Endpoint(models.Model):
    """Another city's or system's Open311 service from which requests are pulled."""

    name = models.CharField("名称", max_length=80)
    url = models.URLField("接口地址", max_length=200, unique=True)
    jurisdiction_id = models.CharField("辖区标识", max_length=80, blank=True)
    topics = models.JSONField("服务与分类对应", default=dict)
    pulled_to = models.DateTimeField("已拉取至", null=True)
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """Listed by name."""

        verbose_name = "Open311来源"

    def __str__(self) -> str:
        return self.name


class ServiceRequest(models.Model):
    """A request that came by Open311, or the token under which it may be asked for."""

    token = models.CharField("受理令牌", max_length=40, unique=True)
    case = models.OneToOneField("cases.Case", verbose_name="案件", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(
        Open311Key, verbose_name="Open311密钥", null=True, on_delete=models.PROTECT, related_name="+"
    )
    media_url = models.CharField("媒体地址", max_length=500, blank=True)
    attributes = models.JSONField("附加属性", default=dict)

    class Meta:
        """One for each case."""

        verbose_name = "Open311请求"

    def __str__(self) -> str:
        return self.token


class ForeignRequest(models.Model):
    """A service request of another city, imported for comparison: its real opening, promise and closing."""

    origin = models.CharField("来源", max_length=40)
    reference = models.CharField("原编号", max_length=40)
    service_name = models.CharField("原服务名称", max_length=120)
    agency = models.CharField("原承办部门", max_length=120, blank=True)
    topic_code = models.CharField("分类编码", max_length=6, blank=True)
    kind = models.CharField("诉求类型", max_length=30)
    source_code = models.CharField("来源渠道", max_length=80)
    longitude = models.FloatField("经度", null=True)
    latitude = models.FloatField("纬度", null=True)
    opened_at = models.DateTimeField("受理时间")
    promised_at = models.DateTimeField("原承诺时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    due_at = models.DateTimeField("按本市时限应办结时间", null=True)

    class Meta:
        """One row for each request of a source; compared by topic."""

        verbose_name = "外地服务请求"
        constraints = [models.UniqueConstraint(fields=["origin", "reference"], name="hotline_foreign_once")]
        indexes = [models.Index(fields=["origin", "topic_code"], name="hotline_foreign_topic")]

    def __str__(self) -> str:
        return f"{self.origin}:{self.reference}"
