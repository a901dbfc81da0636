"""What the city has learnt from its own demands: models that suggest topics, and what their suggestions were worth."""

from django.db import models


class TopicModel(models.Model):
    """A trained model. arrays: numbers only (NumPy's own format, no pickled objects), compressed."""

    version = models.PositiveIntegerField("模型版本", unique=True)
    trained_at = models.DateTimeField("训练时间")
    samples = models.PositiveIntegerField("训练样本数")
    held_out = models.PositiveIntegerField("留出样本数")
    accuracy = models.FloatField("准确率")
    accuracy_top3 = models.FloatField("前三准确率")
    by_topic = models.JSONField("分类别准确率")
    arrays = models.BinaryField("模型参数")
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """The newest first."""

        verbose_name = "分类模型"
        ordering = ["-version"]

    def __str__(self) -> str:
        return str(self.version)


class TrainingText(models.Model):
    """A text whose topic is known, from outside the pool. origin: its source and its number there."""

    origin = models.CharField("来源", max_length=120, unique=True)
    words = models.TextField("诉求内容")
    topic_code = models.CharField("分类编码", max_length=6)

    class Meta:
        """One for each origin."""

        verbose_name = "训练文本"

    def __str__(self) -> str:
        return self.origin
