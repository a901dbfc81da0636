from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_nodes")]

    operations = [
        migrations.AddField(
            model_name="flow",
            name="source_dataset_code",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="来源资源代码"),
        ),
    ]
