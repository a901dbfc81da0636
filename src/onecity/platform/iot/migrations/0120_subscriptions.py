import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

_FEED = """
INSERT INTO iot_feedhead (position, octets, kept_from) VALUES (0, 0, 1);
INSERT INTO iot_feedinterest (version) VALUES (0);
ALTER TABLE iot_feedentry ALTER COLUMN readings SET STORAGE EXTERNAL;
ALTER TABLE iot_feedentry SET (autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE iot_subscriptionprogress SET (fillfactor = 50);

CREATE FUNCTION iot_feed_note(items jsonb) RETURNS void LANGUAGE sql AS $$
    INSERT INTO iot_feedentry (readings, told, size, made_at)
    SELECT '', items, length(items::text), clock_timestamp() WHERE items IS NOT NULL
$$;

CREATE FUNCTION iot_feed_states() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM iot_subscription WHERE 'states' = ANY(topics)) THEN
        PERFORM iot_feed_note(parts.items) FROM (
            SELECT jsonb_agg(jsonb_build_object('topic', 'states', 'device_id', device_id, 'state', kind,
                'before', before, 'at', at) ORDER BY id) AS items
            FROM (SELECT *, (row_number() OVER (ORDER BY id) - 1) / 500 AS part FROM added
                WHERE kind IN ('registered', 'online', 'silent', 'faulty', 'retired')) a
            GROUP BY part ORDER BY part
        ) parts;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER iot_feed_states AFTER INSERT ON iot_devicehistory REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION iot_feed_states();

CREATE FUNCTION iot_feed_alarm(a jsonb, change text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_object('topic', 'alarms', 'change', change, 'alarm', a -> 'id', 'rule', a -> 'rule_code',
        'severity', a -> 'severity', 'device_id', a -> 'device_id', 'datastream_id', a -> 'datastream_id',
        'value', a -> 'value', 'text', a -> 'text', 'raised_at', a -> 'raised_at', 'cleared_at', a -> 'cleared_at',
        'clear_value', a -> 'clear_value', 'acknowledged_at', a -> 'acknowledged_at', 'escalated', a -> 'escalated',
        'at', CASE change WHEN 'raised' THEN a -> 'raised_at' WHEN 'cleared' THEN a -> 'cleared_at' END)
$$;
CREATE FUNCTION iot_feed_alarms_raised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM iot_subscription WHERE 'alarms' = ANY(topics)) THEN
        PERFORM iot_feed_note(jsonb_agg(iot_feed_alarm(to_jsonb(a), 'raised') ORDER BY a.id)) FROM added a
        WHERE a.told_at IS NOT NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER iot_feed_alarms_raised AFTER INSERT ON iot_alarm REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION iot_feed_alarms_raised();
CREATE FUNCTION iot_feed_alarms_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM iot_subscription WHERE 'alarms' = ANY(topics)) THEN
        PERFORM iot_feed_note(jsonb_agg(iot_feed_alarm(c.a, c.change) ORDER BY c.id)) FROM (
            SELECT n.id, to_jsonb(n) AS a, CASE WHEN o.told_at IS NULL THEN 'raised'
                WHEN n.cleared_at IS NOT NULL AND o.cleared_at IS NULL THEN 'cleared' ELSE 'changed' END AS change
            FROM after_change n JOIN before_change o ON o.id = n.id
            WHERE n.told_at IS NOT NULL AND (o.told_at IS NULL
                OR (n.cleared_at, n.severity, n.acknowledged_at, n.escalated)
                    IS DISTINCT FROM (o.cleared_at, o.severity, o.acknowledged_at, o.escalated))
        ) c;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER iot_feed_alarms_changed AFTER UPDATE ON iot_alarm
    REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
    FOR EACH STATEMENT EXECUTE FUNCTION iot_feed_alarms_changed();
"""
_NO_FEED = """
DROP TRIGGER iot_feed_alarms_changed ON iot_alarm;
DROP TRIGGER iot_feed_alarms_raised ON iot_alarm;
DROP TRIGGER iot_feed_states ON iot_devicehistory;
DROP FUNCTION iot_feed_alarms_changed(), iot_feed_alarms_raised(), iot_feed_alarm(jsonb, text), iot_feed_states(),
    iot_feed_note(jsonb);
"""


class Migration(migrations.Migration):
    """Before deployment. What applications subscribe to, and the feed that they are told from."""

    dependencies = [
        ('identity', '0003_find_accounts_by_name'),
        ("iot", "0110_rules_linkage"),
    ]

    operations = [
        migrations.CreateModel(
            name='FeedHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(default=0, verbose_name='最新位置')),
                ('octets', models.BigIntegerField(default=0, verbose_name='累计字节数')),
                ('kept_from', models.BigIntegerField(default=1, verbose_name='最早保留位置')),
            ],
            options={
                'verbose_name': '订阅事件进度',
            },
        ),
        migrations.CreateModel(
            name='FeedInterest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.BigIntegerField(default=0, verbose_name='版本')),
            ],
            options={
                'verbose_name': '订阅版本',
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True, verbose_name='订阅标识')),
                ('name', models.CharField(max_length=80, verbose_name='订阅名称')),
                ('channel', models.CharField(choices=[('webhook', '网络回调'), ('mqtt', 'MQTT'), ('sse', '事件流')], max_length=8, verbose_name='投递方式')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None, verbose_name='事件种类')),
                ('filter', models.JSONField(default=dict, verbose_name='筛选条件')),
                ('address', models.CharField(blank=True, max_length=500, verbose_name='回调地址')),
                ('sealed_secret', models.BinaryField(default=b'', verbose_name='密封的签名密钥')),
                ('sealed_former', models.BinaryField(default=b'', verbose_name='密封的原签名密钥')),
                ('former_ends_at', models.DateTimeField(null=True, verbose_name='原密钥失效时间')),
                ('broker_hash', models.CharField(blank=True, max_length=200, verbose_name='代理密码散列')),
                ('batch_size', models.PositiveIntegerField(default=200, verbose_name='每批事件数')),
                ('attempts', models.PositiveSmallIntegerField(default=5, verbose_name='转入死信前的尝试次数')),
                ('owner_kind', models.CharField(max_length=8, verbose_name='所有者类别')),
                ('owner_id', models.BigIntegerField(verbose_name='所有者')),
                ('owner_name', models.CharField(max_length=80, verbose_name='所有者名称')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('state', models.CharField(choices=[('active', '投递中'), ('paused', '已暂停')], default='active', max_length=8, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='identity.organisation', verbose_name='所属机构')),
            ],
            options={
                'verbose_name': '应用订阅',
            },
        ),
        migrations.CreateModel(
            name='FeedEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.BigIntegerField(null=True, unique=True, verbose_name='位置')),
                ('readings', models.BinaryField(default=b'', verbose_name='监测值')),
                ('told', models.JSONField(default=list, verbose_name='事件')),
                ('target', models.BigIntegerField(null=True, verbose_name='指定订阅')),
                ('size', models.IntegerField(default=0, verbose_name='字节数')),
                ('octets', models.BigIntegerField(null=True, verbose_name='累计字节数')),
                ('made_at', models.DateTimeField(verbose_name='产生时间')),
            ],
            options={
                'verbose_name': '订阅事件',
                'indexes': [models.Index(condition=models.Q(('position__isnull', True)), fields=['id'], name='iot_feed_fresh')],
            },
        ),
        migrations.CreateModel(
            name='SubscriptionProgress',
            fields=[
                ('subscription', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='iot.subscription', verbose_name='应用订阅')),
                ('position', models.BigIntegerField(verbose_name='已投递位置')),
                ('place', models.IntegerField(default=2147483647, verbose_name='位置内序号')),
                ('failures', models.PositiveIntegerField(default=0, verbose_name='连续失败次数')),
                ('tries', models.PositiveIntegerField(default=0, verbose_name='本批尝试次数')),
                ('due_at', models.DateTimeField(null=True, verbose_name='下次尝试时间')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='失败原因')),
                ('events', models.BigIntegerField(default=0, verbose_name='已投递事件数')),
                ('batches', models.BigIntegerField(default=0, verbose_name='已投递批数')),
                ('expired', models.BigIntegerField(default=0, verbose_name='过期未投递条数')),
                ('succeeded_at', models.DateTimeField(null=True, verbose_name='最近成功时间')),
                ('failed_at', models.DateTimeField(null=True, verbose_name='最近失败时间')),
            ],
            options={
                'verbose_name': '订阅进度',
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('events', models.IntegerField(verbose_name='事件数')),
                ('first', models.CharField(blank=True, max_length=32, verbose_name='首个事件')),
                ('last', models.CharField(blank=True, max_length=32, verbose_name='末个事件')),
                ('attempt', models.PositiveIntegerField(default=1, verbose_name='第几次')),
                ('succeeded', models.BooleanField(verbose_name='是否成功')),
                ('status', models.PositiveSmallIntegerField(default=0, verbose_name='响应状态')),
                ('latency_ms', models.PositiveIntegerField(default=0, verbose_name='耗时（毫秒）')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='失败原因')),
                ('replayed', models.BooleanField(default=False, verbose_name='是否重放')),
                ('subscription', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.subscription', verbose_name='应用订阅')),
            ],
            options={
                'verbose_name': '投递记录',
            },
        ),
        migrations.CreateModel(
            name='DeadLetter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField(verbose_name='内容')),
                ('events', models.IntegerField(verbose_name='事件数')),
                ('first', models.CharField(max_length=32, verbose_name='首个事件')),
                ('last', models.CharField(max_length=32, verbose_name='末个事件')),
                ('attempts', models.PositiveIntegerField(verbose_name='尝试次数')),
                ('reason', models.CharField(max_length=300, verbose_name='失败原因')),
                ('made_at', models.DateTimeField(verbose_name='转入时间')),
                ('due_at', models.DateTimeField(null=True, verbose_name='重放时间')),
                ('subscription', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.subscription', verbose_name='应用订阅')),
            ],
            options={
                'verbose_name': '死信',
            },
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['organisation', '-created_at', '-id'], name='iot_subscription_keyset'),
        ),
        migrations.AddIndex(
            model_name='subscription',
            index=models.Index(fields=['-created_at', '-id'], name='iot_subscription_newest'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['subscription', '-at', '-id'], name='iot_delivery_own'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(fields=['at'], name='iot_delivery_at'),
        ),
        migrations.AddIndex(
            model_name='deadletter',
            index=models.Index(fields=['subscription', '-made_at', '-id'], name='iot_deadletter_own'),
        ),
        migrations.AddIndex(
            model_name='deadletter',
            index=models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='iot_deadletter_due'),
        ),
        migrations.RunSQL(_FEED, _NO_FEED),
    ]
