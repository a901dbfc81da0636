"""What comes from other systems: calls of the telephone exchange, keys and endpoints of Open311, imported requests."""

from django.db import models
from django.db.models import Q


class Call(models.Model):
    """A call as the telephone exchange tells of it. The number is sealed; a keyed hash finds it."""

    class State(models.TextChoices):
        """Where the call stands."""

        RINGING = "ringing", "振铃"
        TALKING = "talking", "通话中"
        ENDED = "ended", "已结束"

    exchange_id = models.CharField("话务呼叫标识", max_length=200, unique=True)
    extension = models.CharField("坐席分机", max_length=20)
    number_sealed = models.BinaryField("来电号码（加密）")
    number_hashed = models.CharField("来电号码（密钥摘要）", max_length=64)
    number_masked = models.CharField("来电号码（脱敏）", max_length=20)
    state = models.CharField("通话状态", max_length=10, choices=State, default=State.RINGING)
    rang_at = models.DateTimeField("振铃时间")
    answered_at = models.DateTimeField("接听时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    demand = models.ForeignKey("cases.Case", verbose_name="案件", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Looked up by extension while it lasts."""

        verbose_name = "来电"
        indexes = [
            models.Index(fields=["extension", "-rang_at"], name="hotline_call_now", condition=~Q(state="ended")),
            models.Index(fields=["rang_at"], name="hotline_call_rang"),
        ]

    def __str__(self) -> str:
        return self.exchange_id


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
