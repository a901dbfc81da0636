"""Messages in people's inboxes, and what they do not want to be told of."""

from django.db import models
from django.db.models import Q


class Message(models.Model):
    """One message to one account: a template's code and its values; the sentences are made when it is read."""

    recipient = models.ForeignKey(
        "identity.Account", verbose_name="收件账户", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    template_code = models.CharField("消息类型", max_length=80)
    params = models.JSONField("内容参数", default=dict)
    link = models.CharField("链接", max_length=300, blank=True)
    is_urgent = models.BooleanField("是否紧急", default=False)
    created_at = models.DateTimeField("发送时间")
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        """Read by recipient, newest first; the unread ones are counted through an index that holds only them."""

        verbose_name = "消息"
        indexes = [
            models.Index(fields=["recipient", "-created_at", "-id"], name="messages_message_inbox"),
            models.Index(
                fields=["recipient", "-created_at", "-id"],
                name="messages_message_unread",
                condition=Q(read_at__isnull=True),
            ),
            models.Index(fields=["read_at"], name="messages_message_old", condition=Q(read_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.template_code} → {self.recipient_id}"


class Mute(models.Model):
    """A kind of message that an account does not want to be told of: it arrives as read, unless it is urgent."""

    account = models.ForeignKey(
        "identity.Account", verbose_name="账户", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    template_code = models.CharField("消息类型", max_length=80)

    class Meta:
        """Once for an account and a template."""

        verbose_name = "消息免打扰"
        constraints = [models.UniqueConstraint(fields=["account", "template_code"], name="messages_mute_once")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.template_code}"
