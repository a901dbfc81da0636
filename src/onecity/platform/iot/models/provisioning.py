"""How devices come to their credentials: allow-lists, certificates, claim codes."""

from django.db import models
from django.db.models import Q


class AllowedDevice(models.Model):
    """A device of a product that may fetch credentials; used_at: when it did, which it can do once."""

    product = models.ForeignKey("iot.Product", verbose_name="产品", on_delete=models.CASCADE, related_name="+")
    key = models.CharField("设备标识", max_length=64)
    name = models.CharField("设备名称", max_length=80, blank=True)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        """Each key once for a product."""

        verbose_name = "白名单设备"
        constraints = [models.UniqueConstraint(fields=["product", "key"], name="iot_allowed_once")]

    def __str__(self) -> str:
        return self.key


class DeviceAuthority(models.Model):
    """The city's own small certificate authority for devices. sealed_key: its private key, encrypted at rest."""

    name = models.CharField("颁发机构", max_length=80)
    certificate = models.TextField("根证书")
    sealed_key = models.BinaryField("密封的私钥")
    crl_number = models.PositiveIntegerField("吊销列表序号", default=0)
    created_at = models.DateTimeField("创建时间")
    ended_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        """One in force."""

        verbose_name = "设备证书颁发机构"
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(ended_at__isnull=True), name="iot_authority_once")
        ]

    def __str__(self) -> str:
        return self.name


class DeviceCertificate(models.Model):
    """A certificate that the authority issued for a device's own key."""

    device = models.ForeignKey("iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+")
    authority = models.ForeignKey(
        DeviceAuthority, verbose_name="颁发机构", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    serial = models.CharField("序列号", max_length=40, unique=True)
    fingerprint = models.CharField("指纹", max_length=64, unique=True)
    certificate = models.TextField("证书")
    begins_at = models.DateTimeField("生效时间")
    ends_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("吊销时间", null=True)
    reason = models.CharField("吊销原因", max_length=80, blank=True)

    class Meta:
        """A device's own, newest first."""

        verbose_name = "设备证书"
        indexes = [models.Index(fields=["device", "-begins_at", "-id"], name="iot_certificate_device")]

    def __str__(self) -> str:
        return self.serial


class ClaimCode(models.Model):
    """A code printed on a device, by which a citizen or an enterprise takes it as theirs; only its hash is stored."""

    device = models.OneToOneField("iot.Device", verbose_name="设备", on_delete=models.CASCADE, related_name="+")
    code_hash = models.CharField("认领码散列", max_length=64, unique=True)
    ends_at = models.DateTimeField("失效时间")
    claimed_by = models.CharField("认领人", max_length=60, blank=True)
    claimed_at = models.DateTimeField("认领时间", null=True)

    class Meta:
        """Found by hash, and by who claimed."""

        verbose_name = "设备认领码"
        indexes = [models.Index(fields=["claimed_by", "-claimed_at"], name="iot_claim_owner")]

    def __str__(self) -> str:
        return str(self.device_id)
