"""Before deployment. The city, its divisions and grids, and what the base map is drawn from."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.db.models.functions.comparison
from django.db import migrations, models


BIGRAMS = """
CREATE FUNCTION geo_bigrams(text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(DISTINCT substr(lower($1), place, 2)), '{}')
    FROM generate_series(1, length($1) - 1) AS place
$$;
"""


class Migration(migrations.Migration):
    """Tables, and the function that their word indexes are built with."""

    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(BIGRAMS, "DROP FUNCTION geo_bigrams(text)"),
        migrations.CreateModel(
            name='BaseArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='来源编号')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='名称')),
                ('kind', models.CharField(choices=[('water', '水域'), ('green', '公园与绿地'), ('residential', '居住用地'), ('commercial', '商业用地'), ('industrial', '工业用地'), ('public', '公共服务用地'), ('transport', '交通场站'), ('built_up', '建成区'), ('building', '建筑')], max_length=20, verbose_name='类型')),
                ('geom', django.contrib.gis.db.models.fields.MultiPolygonField(spatial_index=False, srid=4326, verbose_name='范围')),
                ('area_m2', models.FloatField(verbose_name='面积（平方米）')),
                ('floors', models.PositiveSmallIntegerField(null=True, verbose_name='层数')),
                ('is_synthetic', models.BooleanField(default=False, verbose_name='是否示意数据')),
                ('source', models.CharField(max_length=120, verbose_name='数据来源')),
            ],
            options={
                'verbose_name': '底图面',
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.F('geom'), condition=models.Q(('kind', 'building'), _negated=True), name='geo_basearea_geom'), django.contrib.postgres.indexes.GistIndex(models.F('geom'), condition=models.Q(('kind', 'building')), name='geo_basearea_building'), models.Index(fields=['source'], name='geo_basearea_source')],
            },
        ),
        migrations.CreateModel(
            name='City',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=40, verbose_name='城市包编码')),
                ('name', models.CharField(max_length=60, verbose_name='城市名称')),
                ('division_code', models.CharField(max_length=12, verbose_name='行政区划代码')),
                ('centre', django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name='地图中心')),
                ('zoom', models.FloatField(verbose_name='初始缩放级别')),
                ('built_up', django.contrib.gis.db.models.fields.MultiPolygonField(spatial_index=False, srid=4326, verbose_name='建成区范围')),
                ('plane_epsg', models.PositiveIntegerField(verbose_name='平面坐标系代码')),
                ('attribution', models.CharField(max_length=300, verbose_name='地图来源说明')),
                ('is_synthetic', models.BooleanField(verbose_name='是否示意数据')),
            ],
            options={
                'verbose_name': '城市',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='geo_city_is_one')],
            },
        ),
        migrations.CreateModel(
            name='Division',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='区划代码')),
                ('name', models.CharField(max_length=60, verbose_name='区划名称')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '省级'), (2, '地级'), (3, '县级'), (4, '乡级'), (5, '村级')], verbose_name='区划级别')),
                ('parent_code', models.CharField(blank=True, max_length=12, verbose_name='上级区划代码')),
                ('geom', django.contrib.gis.db.models.fields.MultiPolygonField(null=True, spatial_index=False, srid=4326, verbose_name='区划范围')),
                ('centre', django.contrib.gis.db.models.fields.PointField(null=True, spatial_index=False, srid=4326, verbose_name='中心点')),
                ('is_synthetic', models.BooleanField(default=False, verbose_name='范围是否示意')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='数据来源')),
            ],
            options={
                'verbose_name': '行政区划',
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.F('geom'), name='geo_division_geom'), models.Index(fields=['level', 'id'], name='geo_division_level'), models.Index(fields=['parent_code', 'id'], name='geo_division_parent'), django.contrib.postgres.indexes.GinIndex(models.Func(models.F('name'), function='geo_bigrams'), name='geo_division_words')],
                'constraints': [models.CheckConstraint(condition=models.Q(('id', django.db.models.functions.comparison.Cast('code', models.BigIntegerField()))), name='geo_division_id_is_code')],
            },
        ),
        migrations.CreateModel(
            name='GridCell',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=15, unique=True, verbose_name='网格编码')),
                ('division_code', models.CharField(max_length=12, verbose_name='所属社区代码')),
                ('geom', django.contrib.gis.db.models.fields.PolygonField(spatial_index=False, srid=4326, verbose_name='网格范围')),
                ('centre', django.contrib.gis.db.models.fields.PointField(spatial_index=False, srid=4326, verbose_name='中心点')),
                ('area_m2', models.FloatField(verbose_name='面积（平方米）')),
                ('land_use', models.CharField(blank=True, max_length=20, verbose_name='用地类型')),
                ('initial_date', models.DateField(verbose_name='启用日期')),
                ('end_date', models.DateField(null=True, verbose_name='停用日期')),
                ('is_synthetic', models.BooleanField(default=False, verbose_name='是否示意数据')),
            ],
            options={
                'verbose_name': '单元网格',
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.F('geom'), condition=models.Q(('end_date__isnull', True)), name='geo_gridcell_geom'), models.Index(fields=['division_code'], name='geo_gridcell_division', opclasses=['varchar_pattern_ops'])],
                'constraints': [models.CheckConstraint(condition=models.Q(('id', django.db.models.functions.comparison.Cast('code', models.BigIntegerField()))), name='geo_gridcell_id_is_code'), models.CheckConstraint(condition=models.Q(('code__startswith', models.F('division_code'))), name='geo_gridcell_lies_in_its_code'), models.CheckConstraint(condition=models.Q(('area_m2__gt', 0)), name='geo_gridcell_has_area')],
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='来源编号')),
                ('name', models.CharField(max_length=120, verbose_name='名称')),
                ('kind', models.CharField(max_length=40, verbose_name='类别')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='地址')),
                ('geom', django.contrib.gis.db.models.fields.PointField(spatial_index=False, srid=4326, verbose_name='位置')),
                ('is_synthetic', models.BooleanField(default=False, verbose_name='是否示意数据')),
                ('source', models.CharField(max_length=120, verbose_name='数据来源')),
            ],
            options={
                'verbose_name': '地点',
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.F('geom'), name='geo_place_geom'), models.Index(fields=['source'], name='geo_place_source'), django.contrib.postgres.indexes.GinIndex(models.Func(models.F('name'), function='geo_bigrams'), name='geo_place_words'), django.contrib.postgres.indexes.GinIndex(models.Func(models.F('address'), function='geo_bigrams'), name='geo_place_address_words')],
            },
        ),
        migrations.CreateModel(
            name='Road',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True, verbose_name='来源编号')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='道路名称')),
                ('kind', models.CharField(choices=[('motorway', '高速公路'), ('trunk', '快速路'), ('primary', '主干路'), ('secondary', '次干路'), ('tertiary', '支路'), ('residential', '街巷'), ('service', '内部道路'), ('footway', '步行道'), ('rail', '铁路')], max_length=20, verbose_name='道路等级')),
                ('geom', django.contrib.gis.db.models.fields.LineStringField(spatial_index=False, srid=4326, verbose_name='线位')),
                ('length_m', models.FloatField(verbose_name='长度（米）')),
                ('is_oneway', models.BooleanField(default=False, verbose_name='是否单行')),
                ('is_synthetic', models.BooleanField(default=False, verbose_name='是否示意数据')),
                ('source', models.CharField(max_length=120, verbose_name='数据来源')),
            ],
            options={
                'verbose_name': '道路',
                'indexes': [django.contrib.postgres.indexes.GistIndex(models.F('geom'), name='geo_road_geom'), django.contrib.postgres.indexes.GistIndex(models.F('geom'), condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('kind', 'rail'), _negated=True)), name='geo_road_named'), models.Index(fields=['source'], name='geo_road_source'), django.contrib.postgres.indexes.GinIndex(models.Func(models.F('name'), function='geo_bigrams'), name='geo_road_words')],
            },
        ),
    ]
