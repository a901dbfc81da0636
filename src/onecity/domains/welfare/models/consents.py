"""Authorisations to check, signed by each adult."""

from django.db import models
from django.db.models import F, Q

from onecity.domains.welfare.models.applications import Member


class Authorisation(models.Model):
    """A member's written consent: whom one may ask, from when to when. Withdrawn, never deleted.

    text_digest: SM3 of the text that was signed, hexadecimal, so that what was consented to can be proved.
    """

    class Method(models.TextChoices):
        """How it was signed."""

        DRAWN = "drawn", "现场手写签名"
        PAPER = "paper", "纸质授权书扫描"

    code = models.CharField("授权编号", max_length=32, unique=True)
    member = models.ForeignKey(Member, verbose_name="授权人", on_delete=models.PROTECT, related_name="authorisations")
    departments = models.JSONField("授权部门")
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("截止日期")
    method = models.CharField("签署方式", max_length=8, choices=Method)
    document_id = models.BigIntegerField("签名或授权书文件")
    text_digest = models.CharField("授权书摘要", max_length=64)
    signed_at = models.DateTimeField("签署时间")
    signed_before = models.CharField("见证经办人", max_length=60)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True)

    class Meta:
        """Read by member; a period does not end before it begins."""

        verbose_name = "核对授权"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=F("valid_from")), name="welfare_authorisation_period")
        ]

    def __str__(self) -> str:
        return self.code
