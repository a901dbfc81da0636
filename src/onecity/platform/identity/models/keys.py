"""Data keys, wrapped by the master key that lives outside the database."""

from django.db import models


class DataKey(models.Model):
    """A key that seals personal data or makes its search hashes; stored only wrapped."""

    class Purpose(models.TextChoices):
        """What the key is for."""

        SEAL = "seal", "个人信息加密"
        INDEX = "index", "检索摘要"

    purpose = models.CharField("用途", max_length=10, choices=Purpose)
    version = models.PositiveIntegerField("版本")
    wrapped = models.BinaryField("密钥密文")
    created_at = models.DateTimeField("生成时间")

    class Meta:
        """The newest version of a purpose seals; older ones only open."""

        verbose_name = "数据密钥"
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="identity_data_key_once")]

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"
