"""Types of devices that staff made, and makers' products mapped onto types."""

from django.db import models
from django.db.models import Q


class TypeEdition(models.Model):
    """One edition of a type of device (物模型): a draft is changed freely, a published edition never again.

    content: the type as `rules.type_documents` writes it; read and checked through that module only.
    """

    class State(models.TextChoices):
        """Where an edition is in its life."""

        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        SUPERSEDED = "superseded", "已被替代"

    code = models.CharField("类型编码", max_length=80)
    edition = models.PositiveIntegerField("版次")
    name = models.CharField("类型名称", max_length=80)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    content = models.JSONField("物模型")
    note = models.CharField("版次说明", max_length=200, blank=True)
    author = models.CharField("编辑者", max_length=60)
    created_at = models.DateTimeField("创建时间")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        """One draft and one published edition of a code at a time."""

        verbose_name = "设备类型版次"
        constraints = [
            models.UniqueConstraint(fields=["code", "edition"], name="iot_type_edition"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="draft"), name="iot_type_one_draft"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="published"), name="iot_type_one_published"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="iot_type_newest")]

    def __str__(self) -> str:
        return f"{self.code} {self.edition}"


class Product(models.Model):
    """A maker's model, mapped onto a type. mapping: name on the wire → {property, scale}; missing names as the type's.

    Its key and secret let its devices fetch credentials of their own (`services.provisioning`).
    """

    class Admission(models.TextChoices):
        """Which devices of the product may fetch credentials by its key."""

        CLOSED = "closed", "不开放"
        LISTED = "listed", "仅限白名单"
        OPEN = "open", "自动登记"

    code = models.CharField("产品编码", max_length=40, unique=True)
    name = models.CharField("产品名称", max_length=80)
    maker = models.CharField("生产厂商", max_length=80)
    model = models.CharField("型号", max_length=80)
    type_code = models.CharField("设备类型", max_length=80)
    protocol = models.CharField("接入协议", max_length=20)
    mapping = models.JSONField("字段映射", default=dict)
    organisation = models.ForeignKey(
        "identity.Organisation", verbose_name="所属机构", on_delete=models.PROTECT, related_name="+"
    )
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    admission = models.CharField("自动注册", max_length=8, choices=Admission, default=Admission.CLOSED)
    secret_digest = models.CharField("产品密钥摘要", max_length=64, blank=True)
    secret_prefix = models.CharField("产品密钥前缀", max_length=12, blank=True)
    created_at = models.DateTimeField("创建时间")

    class Meta:
        """Listed newest first within a scope."""

        verbose_name = "产品"
        constraints = [models.UniqueConstraint(fields=["maker", "model"], name="iot_product_once")]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="iot_product_keyset"),
            models.Index(fields=["type_code"], name="iot_product_type"),
        ]

    def __str__(self) -> str:
        return self.name
