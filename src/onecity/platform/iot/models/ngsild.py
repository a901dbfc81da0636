"""Context information kept for other programs: entities, their history, subscriptions, registrations, contexts."""

from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from onecity.platform.iot.models.devices import SRID


class ContextTenant(models.Model):
    """A separate space of entities, made when something is first kept in it; "" is the one everybody begins in."""

    name = models.CharField("租户", max_length=120, primary_key=True)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """A handful of rows."""

        db_table = "iot_ngsi_tenant"
        verbose_name = "情境租户"

    def __str__(self) -> str:
        return self.name


class ContextEntity(models.Model):
    """The state of an entity now. content: attributes as `ngsild.rules.attributes` says, by IRI."""

    tenant = models.CharField("租户", max_length=120, blank=True)
    uri = models.TextField("实体标识")
    types = ArrayField(models.TextField(), verbose_name="实体类型")
    scopes = ArrayField(models.TextField(), verbose_name="范围", default=list)
    attributes = ArrayField(models.TextField(), verbose_name="属性名", default=list)
    content = models.JSONField("属性")
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("创建时间")
    modified_at = models.DateTimeField("修改时间")

    class Meta:
        """Found by identifier, type, attribute, and by equal values anywhere in the attributes."""

        db_table = "iot_ngsi_entity"
        verbose_name = "情境实体"
        constraints = [models.UniqueConstraint(fields=["tenant", "uri"], name="iot_ngsi_entity_once")]
        indexes = [
            GinIndex(fields=["types"], name="iot_ngsi_entity_types"),
            GinIndex(fields=["attributes"], name="iot_ngsi_entity_attributes"),
            GinIndex(fields=["content"], opclasses=["jsonb_path_ops"], name="iot_ngsi_entity_content"),
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_ngsi_entity_keyset"),
        ]

    def __str__(self) -> str:
        return self.uri


class ContextValue(models.Model):
    """A number that an attribute of an entity says, so that ranges are found by an index."""

    pk = models.CompositePrimaryKey("entity_id", "attribute", "number")
    entity = models.ForeignKey(
        ContextEntity, verbose_name="实体", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    attribute = models.TextField("属性名")
    number = models.FloatField("数值")
    several = models.BooleanField("多值", default=False)

    class Meta:
        """Found by attribute and number; `several` marks attributes that say more than one number."""

        db_table = "iot_ngsi_value"
        verbose_name = "情境数值"
        indexes = [
            models.Index(fields=["attribute", "number", "entity"], name="iot_ngsi_value_number"),
            models.Index(
                fields=["attribute", "entity"], name="iot_ngsi_value_several", condition=models.Q(several=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attribute} {self.number}"


class ContextPlace(models.Model):
    """A geometry that an attribute of an entity says."""

    entity = models.ForeignKey(ContextEntity, verbose_name="实体", on_delete=models.CASCADE, related_name="+")
    attribute = models.TextField("属性名")
    place = GeometryField("位置", srid=SRID, spatial_index=True)

    class Meta:
        """The migration adds an index of distances in metres."""

        db_table = "iot_ngsi_place"
        verbose_name = "情境位置"

    def __str__(self) -> str:
        return self.attribute


class ContextHistory(models.Model):
    """An entity over time; it outlives the entity."""

    tenant = models.CharField("租户", max_length=120, blank=True)
    uri = models.TextField("实体标识")
    types = ArrayField(models.TextField(), verbose_name="实体类型")
    scopes = ArrayField(models.TextField(), verbose_name="范围", default=list)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("创建时间")
    modified_at = models.DateTimeField("修改时间")
    deleted_at = models.DateTimeField("删除时间", null=True)

    class Meta:
        """Found by identifier and type."""

        db_table = "iot_ngsi_history"
        verbose_name = "情境历史"
        constraints = [models.UniqueConstraint(fields=["tenant", "uri"], name="iot_ngsi_history_once")]
        indexes = [
            GinIndex(fields=["types"], name="iot_ngsi_history_types"),
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_ngsi_history_keyset"),
        ]

    def __str__(self) -> str:
        return self.uri


class ContextInstance(models.Model):
    """What an attribute of an entity said at one time."""

    history = models.ForeignKey(
        ContextHistory, verbose_name="情境历史", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    attribute = models.TextField("属性名")
    dataset = models.TextField("数据集", blank=True)
    instance = models.UUIDField("实例标识", unique=True)
    observed_at = models.DateTimeField("观测时间", null=True)
    created_at = models.DateTimeField("创建时间")
    modified_at = models.DateTimeField("修改时间")
    deleted_at = models.DateTimeField("删除时间", null=True)
    body = models.JSONField("属性")

    class Meta:
        """Read by entity, attribute and time."""

        db_table = "iot_ngsi_instance"
        verbose_name = "情境属性实例"
        indexes = [
            models.Index(fields=["history", "attribute", "observed_at"], name="iot_ngsi_instance_observed"),
            models.Index(fields=["history", "attribute", "modified_at"], name="iot_ngsi_instance_modified"),
        ]

    def __str__(self) -> str:
        return self.attribute


class JsonldContext(models.Model):
    """A JSON-LD context that is served, was read from elsewhere, or came with a subscription."""

    class Kind(models.TextChoices):
        """How it came to be here."""

        HOSTED = "Hosted", "托管"
        CACHED = "Cached", "缓存"
        IMPLICIT = "ImplicitlyCreated", "隐式创建"

    local_id = models.TextField("本地标识", unique=True)
    url = models.TextField("网址", unique=True)
    kind = models.CharField("种类", max_length=20, choices=Kind)
    body = models.JSONField("内容")
    created_at = models.DateTimeField("创建时间")
    last_used_at = models.DateTimeField("最近使用时间", null=True)
    hits = models.BigIntegerField("使用次数", default=0)

    class Meta:
        """Found by identifier and address."""

        db_table = "iot_ngsi_context"
        verbose_name = "语义上下文"

    def __str__(self) -> str:
        return self.url


class ContextSubscription(models.Model):
    """A wish to be told of changes. definition: as the client gave it, names as whole IRIs."""

    class Kind(models.TextChoices):
        """Of which changes."""

        ENTITIES = "entities", "实体"
        SOURCES = "sources", "情境源"

    tenant = models.CharField("租户", max_length=120, blank=True)
    uri = models.TextField("订阅标识")
    kind = models.CharField("种类", max_length=10, choices=Kind)
    definition = models.JSONField("订阅内容")
    context = models.JSONField("语义上下文", null=True)
    active = models.BooleanField("启用", default=True)
    expires_at = models.DateTimeField("失效时间", null=True)
    due_at = models.DateTimeField("下次通知时间", null=True)
    notified_at = models.DateTimeField("最近通知时间", null=True)
    succeeded_at = models.DateTimeField("最近成功时间", null=True)
    failed_at = models.DateTimeField("最近失败时间", null=True)
    reason = models.TextField("失败原因", blank=True)
    sent = models.BigIntegerField("通知次数", default=0)
    failed = models.BigIntegerField("失败次数", default=0)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    everything = models.BooleanField("不限范围", default=False)
    created_at = models.DateTimeField("创建时间")
    modified_at = models.DateTimeField("修改时间")

    class Meta:
        """All active ones are kept in memory by whoever writes entities."""

        db_table = "iot_ngsi_subscription"
        verbose_name = "情境订阅"
        constraints = [models.UniqueConstraint(fields=["tenant", "kind", "uri"], name="iot_ngsi_subscription_once")]
        indexes = [
            models.Index(fields=["due_at"], name="iot_ngsi_subscription_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_ngsi_subscription_keyset"),
        ]

    def __str__(self) -> str:
        return self.uri


class ContextNotice(models.Model):
    """A notification that waits to be delivered, written in the transaction of the change that it tells of."""

    subscription = models.ForeignKey(
        ContextSubscription, verbose_name="情境订阅", on_delete=models.CASCADE, related_name="+"
    )
    content = models.JSONField("通知内容")
    made_at = models.DateTimeField("产生时间")
    due_at = models.DateTimeField("应发时间")
    attempts = models.PositiveIntegerField("已试次数", default=0)

    class Meta:
        """Taken in the order in which they are due."""

        db_table = "iot_ngsi_notice"
        verbose_name = "情境通知"
        indexes = [models.Index(fields=["due_at", "id"], name="iot_ngsi_notice_due")]

    def __str__(self) -> str:
        return f"{self.subscription_id} {self.made_at:%Y-%m-%d %H:%M:%S}"


class ContextRegistration(models.Model):
    """Another source of context information. definition: as the client gave it, names as whole IRIs."""

    tenant = models.CharField("租户", max_length=120, blank=True)
    uri = models.TextField("登记标识")
    definition = models.JSONField("登记内容")
    context = models.JSONField("语义上下文", null=True)
    expires_at = models.DateTimeField("失效时间", null=True)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    created_at = models.DateTimeField("创建时间")
    modified_at = models.DateTimeField("修改时间")

    class Meta:
        """Found by identifier."""

        db_table = "iot_ngsi_registration"
        verbose_name = "情境源登记"
        constraints = [models.UniqueConstraint(fields=["tenant", "uri"], name="iot_ngsi_registration_once")]
        indexes = [models.Index(fields=["organisation_id", "-created_at", "-id"], name="iot_ngsi_registration_keyset")]

    def __str__(self) -> str:
        return self.uri
