"""What the city has learnt: models of mood and topic, and the texts they are learnt from."""

from django.db import models


class Learnt(models.TextChoices):
    """What a model tells."""

    MOOD = "mood", "情感倾向"
    TOPIC = "topic", "舆情分类"


class TextModel(models.Model):
    """A trained model. arrays: numbers only (NumPy's own format, no pickled objects), compressed."""

    kind = models.CharField("模型类别", max_length=8, choices=Learnt)
    version = models.PositiveIntegerField("模型版本")
    trained_at = models.DateTimeField("训练时间")
    samples = models.PositiveIntegerField("训练样本数")
    held_out = models.PositiveIntegerField("留出样本数")
    accuracy = models.FloatField("准确率")
    by_group = models.JSONField("分组准确率")
    arrays = models.BinaryField("模型参数")
    is_active = models.BooleanField("是否启用", default=True)

    class Meta:
        """The newest first; one of a kind in use."""

        verbose_name = "文本模型"
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="opinion_model_version"),
            models.UniqueConstraint(fields=["kind"], name="opinion_model_active", condition=models.Q(is_active=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.version}"


class TrainingText(models.Model):
    """A text whose label is known. corpus: where it comes from. content: by which the same words are known again."""

    kind = models.CharField("模型类别", max_length=8, choices=Learnt)
    corpus = models.CharField("语料", max_length=60)
    content = models.CharField("内容摘要值", max_length=32)
    text = models.TextField("文本")
    label = models.CharField("标注", max_length=40)

    class Meta:
        """Each text once a kind."""

        verbose_name = "训练语料"
        constraints = [models.UniqueConstraint(fields=["kind", "content"], name="opinion_training_once")]

    def __str__(self) -> str:
        return f"{self.corpus}:{self.pk}"
