"""Protocols of any name, devices behind gateways and how to reach them, the raw trace."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("iot", "0002_partitioned_observations")]

    operations = [
        migrations.AlterField(
            model_name="device",
            name="protocol",
            field=models.CharField(max_length=20, verbose_name="接入协议"),
        ),
        migrations.AlterField(
            model_name="gateway",
            name="protocol",
            field=models.CharField(max_length=20, verbose_name="接入协议"),
        ),
        migrations.AlterField(
            model_name="quarantinedmessage",
            name="protocol",
            field=models.CharField(max_length=20, verbose_name="接入协议"),
        ),
        migrations.AlterField(
            model_name="unknowndevice",
            name="protocol",
            field=models.CharField(max_length=20, verbose_name="接入协议"),
        ),
        migrations.AddField(
            model_name="device",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="iot.device",
                verbose_name="所属网关",
            ),
        ),
        migrations.AddField(
            model_name="device",
            name="link",
            field=models.JSONField(blank=True, default=dict, verbose_name="接入参数"),
        ),
        migrations.CreateModel(
            name="Trace",
            fields=[
                (
                    "device",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="iot.device",
                        verbose_name="设备",
                    ),
                ),
                ("started_by", models.CharField(max_length=60, verbose_name="开启人")),
                ("started_at", models.DateTimeField(verbose_name="开启时间")),
                ("ends_at", models.DateTimeField(verbose_name="截止时间")),
            ],
            options={"verbose_name": "报文跟踪"},
        ),
        migrations.CreateModel(
            name="TracedMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("outward", models.BooleanField(verbose_name="下行")),
                ("protocol", models.CharField(max_length=20, verbose_name="接入协议")),
                ("peer", models.CharField(blank=True, max_length=45, verbose_name="对端地址")),
                ("raw", models.BinaryField(verbose_name="原始报文")),
                ("result", models.CharField(blank=True, max_length=400, verbose_name="解析结果")),
                (
                    "device",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="iot.device",
                        verbose_name="设备",
                    ),
                ),
            ],
            options={
                "verbose_name": "原始报文",
                "indexes": [
                    models.Index(fields=["device", "-at", "-id"], name="iot_traced_device"),
                    models.Index(fields=["at"], name="iot_traced_at"),
                ],
            },
        ),
    ]
