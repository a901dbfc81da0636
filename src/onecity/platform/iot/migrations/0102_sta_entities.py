"""Tables of SensorThings, kept beside devices and datastreams by triggers."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


SEQUENCES = "CREATE SEQUENCE iot_sta_number"
NO_SEQUENCES = "DROP SEQUENCE iot_sta_number"
DEVICES = """
    CREATE FUNCTION iot_sta_enter_devices(ids bigint[]) RETURNS void LANGUAGE sql AS $$
        INSERT INTO iot_sta_thing (id, name, description, properties, organisation_id, division_code, native)
        SELECT d.id, d.name, d.address, jsonb_build_object('key', d.key, 'type', d.type_code),
            d.organisation_id, d.division_code, false
        FROM iot_device d WHERE d.id = ANY(ids) ON CONFLICT DO NOTHING;
        INSERT INTO iot_sta_location (name, description, organisation_id, division_code, native, encoding_type,
            location, geometry, device_id)
        SELECT d.name, d.address, d.organisation_id, d.division_code, false, 'application/geo+json',
            ST_AsGeoJSON(d.location)::jsonb, d.location, d.id
        FROM iot_device d JOIN iot_sta_thing t ON t.id = d.id AND NOT t.native
        WHERE d.id = ANY(ids) AND d.location IS NOT NULL
        ON CONFLICT (device_id) DO UPDATE SET name = excluded.name, description = excluded.description,
            location = excluded.location, geometry = excluded.geometry;
        INSERT INTO iot_sta_thinglocation (thing_id, location_id)
        SELECT l.device_id, l.id FROM iot_sta_location l WHERE l.device_id = ANY(ids) ON CONFLICT DO NOTHING;
        INSERT INTO iot_sta_feature (name, description, organisation_id, division_code, native, encoding_type,
            feature, geometry, location_id)
        SELECT l.name, l.description, l.organisation_id, l.division_code, false, l.encoding_type, l.location,
            l.geometry, l.id
        FROM iot_sta_location l WHERE l.device_id = ANY(ids)
        ON CONFLICT (location_id) DO UPDATE SET name = excluded.name, description = excluded.description,
            feature = excluded.feature, geometry = excluded.geometry;
        UPDATE iot_sta_datastream x SET feature_id = f.id
        FROM iot_sta_location l JOIN iot_sta_feature f ON f.location_id = l.id
        WHERE l.device_id = ANY(ids) AND x.thing_id = l.device_id AND x.feature_id IS NULL AND NOT x.native
    $$;
    CREATE FUNCTION iot_sta_new_devices() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('onecity.sensorthings', true) = 'on' THEN
            RETURN NULL;
        END IF;
        PERFORM iot_sta_enter_devices(array_agg(id)) FROM fresh;
        RETURN NULL;
    END $$;
    CREATE FUNCTION iot_sta_changed_device() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE iot_sta_thing SET organisation_id = NEW.organisation_id, division_code = NEW.division_code,
            name = CASE WHEN native THEN name ELSE NEW.name END,
            description = CASE WHEN native THEN description ELSE NEW.address END
        WHERE id = NEW.id;
        UPDATE iot_sta_datastream SET organisation_id = NEW.organisation_id, division_code = NEW.division_code
        WHERE thing_id = NEW.id;
        UPDATE iot_sta_historicallocation SET organisation_id = NEW.organisation_id, division_code = NEW.division_code
        WHERE thing_id = NEW.id;
        UPDATE iot_sta_location SET organisation_id = NEW.organisation_id, division_code = NEW.division_code
        WHERE device_id = NEW.id;
        UPDATE iot_sta_feature f SET organisation_id = NEW.organisation_id, division_code = NEW.division_code
        FROM iot_sta_location l WHERE l.device_id = NEW.id AND f.location_id = l.id;
        PERFORM iot_sta_enter_devices(ARRAY[NEW.id]);
        RETURN NULL;
    END $$;
    CREATE FUNCTION iot_sta_moved_device() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE history bigint;
    BEGIN
        INSERT INTO iot_sta_historicallocation (thing_id, time, organisation_id, division_code)
        SELECT l.device_id, clock_timestamp(), l.organisation_id, l.division_code
        FROM iot_sta_location l WHERE l.id = NEW.location_id AND l.device_id = NEW.thing_id RETURNING id INTO history;
        IF history IS NOT NULL THEN
            INSERT INTO iot_sta_historicalplace (history_id, location_id) VALUES (history, NEW.location_id);
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER iot_sta_new_devices AFTER INSERT ON iot_device
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION iot_sta_new_devices();
    CREATE TRIGGER iot_sta_changed_device
        AFTER UPDATE OF name, address, location, organisation_id, division_code ON iot_device FOR EACH ROW
        WHEN ((OLD.name, OLD.address, OLD.organisation_id, OLD.division_code) IS DISTINCT FROM
            (NEW.name, NEW.address, NEW.organisation_id, NEW.division_code)
            OR ST_AsBinary(OLD.location) IS DISTINCT FROM ST_AsBinary(NEW.location))
        EXECUTE FUNCTION iot_sta_changed_device();
    CREATE TRIGGER iot_sta_moved_device AFTER INSERT ON iot_sta_thinglocation FOR EACH ROW
        EXECUTE FUNCTION iot_sta_moved_device()
"""
NO_DEVICES = """
    DROP TRIGGER iot_sta_moved_device ON iot_sta_thinglocation;
    DROP TRIGGER iot_sta_changed_device ON iot_device;
    DROP TRIGGER iot_sta_new_devices ON iot_device;
    DROP FUNCTION iot_sta_moved_device();
    DROP FUNCTION iot_sta_changed_device();
    DROP FUNCTION iot_sta_new_devices();
    DROP FUNCTION iot_sta_enter_devices(bigint[])
"""
DATASTREAMS = """
    CREATE FUNCTION iot_sta_enter_datastreams(ids integer[]) RETURNS void LANGUAGE sql AS $$
        INSERT INTO iot_sta_sensor (name, description, division_code, native, encoding_type, metadata, type_code)
        SELECT DISTINCT d.type_code, d.type_code, '', false, 'text/plain', to_jsonb(d.type_code), d.type_code
        FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id WHERE s.id = ANY(ids)
        ORDER BY d.type_code ON CONFLICT (type_code) DO NOTHING;
        INSERT INTO iot_sta_observedproperty (name, description, division_code, native, definition, type_code,
            property_code)
        SELECT DISTINCT s.property_code, s.property_code, '', false,
            'urn:onecity:property:' || d.type_code || ':' || s.property_code, d.type_code, s.property_code
        FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id WHERE s.id = ANY(ids)
        ORDER BY d.type_code, s.property_code ON CONFLICT (type_code, property_code) DO NOTHING;
        INSERT INTO iot_sta_datastream (id, name, description, properties, organisation_id, division_code, native,
            thing_id, sensor_id, observed_property_id, feature_id, observation_type, unit)
        SELECT s.id, d.name || ' ' || p.name, p.name || ' ' || s.period || ' ' || s.sub_value,
            jsonb_build_object('property', s.property_code, 'period', s.period, 'sub_value', s.sub_value),
            d.organisation_id, d.division_code, false, d.id, n.id, p.id, f.id,
            'http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement',
            jsonb_build_object('name', NULLIF(s.unit, ''), 'symbol', NULLIF(s.unit, ''),
                'definition', 'http://unitsofmeasure.org/ucum#' || NULLIF(s.unit, ''))
        FROM iot_datastream s JOIN iot_device d ON d.id = s.device_id
        JOIN iot_sta_sensor n ON n.type_code = d.type_code
        JOIN iot_sta_observedproperty p ON p.type_code = d.type_code AND p.property_code = s.property_code
        LEFT JOIN iot_sta_location l ON l.device_id = d.id LEFT JOIN iot_sta_feature f ON f.location_id = l.id
        WHERE s.id = ANY(ids) ON CONFLICT DO NOTHING
    $$;
    CREATE FUNCTION iot_sta_new_datastreams() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('onecity.sensorthings', true) = 'on' THEN
            RETURN NULL;
        END IF;
        PERFORM iot_sta_enter_datastreams(array_agg(id)) FROM fresh;
        RETURN NULL;
    END $$;
    CREATE TRIGGER iot_sta_new_datastreams AFTER INSERT ON iot_datastream
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION iot_sta_new_datastreams()
"""
NO_DATASTREAMS = """
    DROP TRIGGER iot_sta_new_datastreams ON iot_datastream;
    DROP FUNCTION iot_sta_new_datastreams();
    DROP FUNCTION iot_sta_enter_datastreams(integer[])
"""
BACKFILL = """
    SELECT iot_sta_enter_devices(array_agg(id)) FROM iot_device;
    SELECT iot_sta_enter_datastreams(array_agg(id)) FROM iot_datastream
"""


class Migration(migrations.Migration):

    dependencies = [
        ('iot', '0101_store_history'),
    ]

    operations = [
        migrations.CreateModel(
            name='StaHistoricalLocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('time', models.DateTimeField(verbose_name='时间')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
            ],
            options={
                'verbose_name': 'SensorThings 历史位置',
                'db_table': 'iot_sta_historicallocation',
            },
        ),
        migrations.CreateModel(
            name='StaFeature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500, verbose_name='名称')),
                ('description', models.TextField(blank=True, verbose_name='说明')),
                ('properties', models.JSONField(null=True, verbose_name='扩展属性')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('native', models.BooleanField(default=True, verbose_name='接口创建')),
                ('encoding_type', models.CharField(max_length=200, verbose_name='编码类型')),
                ('feature', models.JSONField(verbose_name='要素')),
                ('geometry', django.contrib.gis.db.models.fields.GeometryField(null=True, srid=4326, verbose_name='几何')),
                ('location_id', models.BigIntegerField(null=True, unique=True, verbose_name='来源位置')),
            ],
            options={
                'verbose_name': 'SensorThings 观测对象',
                'db_table': 'iot_sta_feature',
                'indexes': [models.Index(fields=['organisation_id', 'id'], name='iot_sta_feature_scope')],
            },
        ),
        migrations.CreateModel(
            name='StaLocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500, verbose_name='名称')),
                ('description', models.TextField(blank=True, verbose_name='说明')),
                ('properties', models.JSONField(null=True, verbose_name='扩展属性')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('native', models.BooleanField(default=True, verbose_name='接口创建')),
                ('encoding_type', models.CharField(max_length=200, verbose_name='编码类型')),
                ('location', models.JSONField(verbose_name='位置')),
                ('geometry', django.contrib.gis.db.models.fields.GeometryField(null=True, srid=4326, verbose_name='几何')),
                ('device_id', models.BigIntegerField(null=True, unique=True, verbose_name='设备编号')),
            ],
            options={
                'verbose_name': 'SensorThings 位置',
                'db_table': 'iot_sta_location',
                'indexes': [models.Index(fields=['organisation_id', 'id'], name='iot_sta_location_scope')],
            },
        ),
        migrations.CreateModel(
            name='StaHistoricalPlace',
            fields=[
                ('pk', models.CompositePrimaryKey('history_id', 'location_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('history', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.stahistoricallocation', verbose_name='历史位置')),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.stalocation', verbose_name='位置')),
            ],
            options={
                'verbose_name': '历史位置所指位置',
                'db_table': 'iot_sta_historicalplace',
            },
        ),
        migrations.CreateModel(
            name='StaObservation',
            fields=[
                ('pk', models.CompositePrimaryKey('datastream_id', 'phenomenon_at', blank=True, editable=False, primary_key=True, serialize=False)),
                ('datastream_id', models.IntegerField(verbose_name='数据流编号')),
                ('phenomenon_at', models.DateTimeField(verbose_name='监测时间')),
                ('number', models.BigIntegerField(null=True, unique=True, verbose_name='观测编号')),
                ('begins_at', models.DateTimeField(null=True, verbose_name='观测开始时间')),
                ('ends_at', models.DateTimeField(null=True, verbose_name='观测结束时间')),
                ('result', models.JSONField(null=True, verbose_name='结果')),
                ('result_at', models.DateTimeField(null=True, verbose_name='结果时间')),
                ('valid_from', models.DateTimeField(null=True, verbose_name='有效期起')),
                ('valid_until', models.DateTimeField(null=True, verbose_name='有效期止')),
                ('result_quality', models.JSONField(null=True, verbose_name='结果质量')),
                ('parameters', models.JSONField(null=True, verbose_name='参数')),
                ('feature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='iot.stafeature', verbose_name='观测对象')),
            ],
            options={
                'verbose_name': '观测附加内容',
                'db_table': 'iot_sta_observation',
            },
        ),
        migrations.CreateModel(
            name='StaObservedProperty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500, verbose_name='名称')),
                ('description', models.TextField(blank=True, verbose_name='说明')),
                ('properties', models.JSONField(null=True, verbose_name='扩展属性')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('native', models.BooleanField(default=True, verbose_name='接口创建')),
                ('definition', models.CharField(max_length=1000, verbose_name='定义')),
                ('type_code', models.CharField(max_length=80, null=True, verbose_name='设备类型')),
                ('property_code', models.CharField(max_length=80, null=True, verbose_name='监测项')),
            ],
            options={
                'verbose_name': 'SensorThings 观测属性',
                'db_table': 'iot_sta_observedproperty',
                'indexes': [models.Index(fields=['organisation_id', 'id'], name='iot_sta_property_scope')],
                'constraints': [models.UniqueConstraint(fields=('type_code', 'property_code'), name='iot_sta_property_once')],
            },
        ),
        migrations.CreateModel(
            name='StaSensor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500, verbose_name='名称')),
                ('description', models.TextField(blank=True, verbose_name='说明')),
                ('properties', models.JSONField(null=True, verbose_name='扩展属性')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('native', models.BooleanField(default=True, verbose_name='接口创建')),
                ('encoding_type', models.CharField(max_length=200, verbose_name='编码类型')),
                ('metadata', models.JSONField(verbose_name='元数据')),
                ('type_code', models.CharField(max_length=80, null=True, unique=True, verbose_name='设备类型')),
            ],
            options={
                'verbose_name': 'SensorThings 传感器',
                'db_table': 'iot_sta_sensor',
                'indexes': [models.Index(fields=['organisation_id', 'id'], name='iot_sta_sensor_scope')],
            },
        ),
        migrations.CreateModel(
            name='StaThing',
            fields=[
                ('name', models.CharField(max_length=500, verbose_name='名称')),
                ('description', models.TextField(blank=True, verbose_name='说明')),
                ('properties', models.JSONField(null=True, verbose_name='扩展属性')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('native', models.BooleanField(default=True, verbose_name='接口创建')),
                ('id', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='设备编号')),
            ],
            options={
                'verbose_name': 'SensorThings 物',
                'db_table': 'iot_sta_thing',
                'indexes': [models.Index(fields=['organisation_id', 'id'], name='iot_sta_thing_scope'), models.Index(fields=['name'], name='iot_sta_thing_name')],
            },
        ),
        migrations.AddField(
            model_name='stahistoricallocation',
            name='thing',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.stathing', verbose_name='物'),
        ),
        migrations.CreateModel(
            name='StaDatastream',
            fields=[
                ('name', models.CharField(max_length=500, verbose_name='名称')),
                ('description', models.TextField(blank=True, verbose_name='说明')),
                ('properties', models.JSONField(null=True, verbose_name='扩展属性')),
                ('organisation_id', models.BigIntegerField(null=True, verbose_name='所属机构')),
                ('division_code', models.CharField(blank=True, max_length=15, verbose_name='所在网格')),
                ('native', models.BooleanField(default=True, verbose_name='接口创建')),
                ('id', models.IntegerField(primary_key=True, serialize=False, verbose_name='数据流编号')),
                ('observation_type', models.CharField(max_length=200, verbose_name='观测类型')),
                ('unit', models.JSONField(verbose_name='计量单位')),
                ('observed_area', models.JSONField(null=True, verbose_name='观测范围')),
                ('area', django.contrib.gis.db.models.fields.GeometryField(null=True, srid=4326, verbose_name='范围几何')),
                ('result_from', models.DateTimeField(null=True, verbose_name='最早结果时间')),
                ('result_until', models.DateTimeField(null=True, verbose_name='最晚结果时间')),
                ('feature', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='iot.stafeature', verbose_name='默认观测对象')),
                ('observed_property', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='iot.staobservedproperty', verbose_name='观测属性')),
                ('sensor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='iot.stasensor', verbose_name='传感器')),
                ('thing', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.stathing', verbose_name='物')),
            ],
            options={
                'verbose_name': 'SensorThings 数据流',
                'db_table': 'iot_sta_datastream',
            },
        ),
        migrations.CreateModel(
            name='StaThingLocation',
            fields=[
                ('pk', models.CompositePrimaryKey('thing_id', 'location_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('location', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.stalocation', verbose_name='位置')),
                ('thing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='iot.stathing', verbose_name='物')),
            ],
            options={
                'verbose_name': '物的当前位置',
                'db_table': 'iot_sta_thinglocation',
            },
        ),
        migrations.AddIndex(
            model_name='stahistoricallocation',
            index=models.Index(fields=['thing', 'time'], name='iot_sta_history_thing'),
        ),
        migrations.AddIndex(
            model_name='stadatastream',
            index=models.Index(fields=['organisation_id', 'id'], name='iot_sta_datastream_scope'),
        ),
        migrations.AddIndex(
            model_name='stadatastream',
            index=models.Index(fields=['name'], name='iot_sta_datastream_name'),
        ),
        migrations.AddIndex(
            model_name='stadatastream',
            index=django.contrib.postgres.indexes.GinIndex(fields=['properties'], name='iot_sta_datastream_words', opclasses=['jsonb_path_ops']),
        ),
        migrations.RunSQL(SEQUENCES, NO_SEQUENCES),
        migrations.RunSQL(DEVICES, NO_DEVICES),
        migrations.RunSQL(DATASTREAMS, NO_DATASTREAMS),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
