"""The entities of SensorThings beside devices, datastreams and observations.

A Thing shares its number with a device and a Datastream with a datastream of the store, so that what clients create is
judged, summed and shown like everything else. Rows of the city's own devices are kept by triggers of the migration;
`native` marks those that clients made and may change.
"""

from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from onecity.platform.iot.models.devices import SRID

TITLE = 500


class StaEntity(models.Model):
    """What all entities have in common."""

    name = models.CharField("名称", max_length=TITLE)
    description = models.TextField("说明", blank=True)
    properties = models.JSONField("扩展属性", null=True)
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)
    native = models.BooleanField("接口创建", default=True)

    class Meta:
        """No table of its own."""

        abstract = True

    def __str__(self) -> str:
        return self.name


class StaThing(StaEntity):
    """A Thing; its id is its device's."""

    id = models.BigIntegerField("设备编号", primary_key=True)

    class Meta:
        """Read by id, within a scope."""

        db_table = "iot_sta_thing"
        verbose_name = "SensorThings 物"
        indexes = [
            models.Index(fields=["organisation_id", "id"], name="iot_sta_thing_scope"),
            models.Index(fields=["name"], name="iot_sta_thing_name"),
        ]


class StaLocation(StaEntity):
    """A Location. geometry: of a GeoJSON location, else None. device_id: whose place it is, for the city's devices."""

    encoding_type = models.CharField("编码类型", max_length=200)
    location = models.JSONField("位置")
    geometry = GeometryField("几何", srid=SRID, null=True, dim=2)
    device_id = models.BigIntegerField("设备编号", null=True, unique=True)

    class Meta:
        """Found by place."""

        db_table = "iot_sta_location"
        verbose_name = "SensorThings 位置"
        indexes = [models.Index(fields=["organisation_id", "id"], name="iot_sta_location_scope")]


class StaThingLocation(models.Model):
    """Where a Thing is now."""

    pk = models.CompositePrimaryKey("thing_id", "location_id")
    thing = models.ForeignKey(StaThing, verbose_name="物", on_delete=models.CASCADE, related_name="+", db_index=False)
    location = models.ForeignKey(StaLocation, verbose_name="位置", on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Read from both ends."""

        db_table = "iot_sta_thinglocation"
        verbose_name = "物的当前位置"

    def __str__(self) -> str:
        return f"{self.thing_id} {self.location_id}"


class StaHistoricalLocation(models.Model):
    """Where a Thing was from `time` on."""

    thing = models.ForeignKey(StaThing, verbose_name="物", on_delete=models.CASCADE, related_name="+", db_index=False)
    time = models.DateTimeField("时间")
    organisation_id = models.BigIntegerField("所属机构", null=True)
    division_code = models.CharField("所在网格", max_length=15, blank=True)

    class Meta:
        """A Thing's own, in order of time."""

        db_table = "iot_sta_historicallocation"
        verbose_name = "SensorThings 历史位置"
        indexes = [models.Index(fields=["thing", "time"], name="iot_sta_history_thing")]

    def __str__(self) -> str:
        return f"{self.thing_id} {self.time:%Y-%m-%d %H:%M:%S}"


class StaHistoricalPlace(models.Model):
    """One of the Locations of a HistoricalLocation."""

    pk = models.CompositePrimaryKey("history_id", "location_id")
    history = models.ForeignKey(
        StaHistoricalLocation, verbose_name="历史位置", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    location = models.ForeignKey(StaLocation, verbose_name="位置", on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Read from both ends."""

        db_table = "iot_sta_historicalplace"
        verbose_name = "历史位置所指位置"

    def __str__(self) -> str:
        return f"{self.history_id} {self.location_id}"


class StaSensor(StaEntity):
    """A Sensor: the procedure by which is observed. type_code: of a device type, for the city's own."""

    encoding_type = models.CharField("编码类型", max_length=200)
    metadata = models.JSONField("元数据")
    type_code = models.CharField("设备类型", max_length=80, null=True, unique=True)

    class Meta:
        """A client's own within a scope."""

        db_table = "iot_sta_sensor"
        verbose_name = "SensorThings 传感器"
        indexes = [models.Index(fields=["organisation_id", "id"], name="iot_sta_sensor_scope")]


class StaObservedProperty(StaEntity):
    """What is observed. type_code, property_code: of a device type's property, for the city's own."""

    definition = models.CharField("定义", max_length=1000)
    type_code = models.CharField("设备类型", max_length=80, null=True)
    property_code = models.CharField("监测项", max_length=80, null=True)

    class Meta:
        """One for a property of a type."""

        db_table = "iot_sta_observedproperty"
        verbose_name = "SensorThings 观测属性"
        constraints = [models.UniqueConstraint(fields=["type_code", "property_code"], name="iot_sta_property_once")]
        indexes = [models.Index(fields=["organisation_id", "id"], name="iot_sta_property_scope")]


class StaFeature(StaEntity):
    """A FeatureOfInterest. location_id: of the Location from which it was made, if it was."""

    encoding_type = models.CharField("编码类型", max_length=200)
    feature = models.JSONField("要素")
    geometry = GeometryField("几何", srid=SRID, null=True, dim=2)
    location_id = models.BigIntegerField("来源位置", null=True, unique=True)

    class Meta:
        """Found by place."""

        db_table = "iot_sta_feature"
        verbose_name = "SensorThings 观测对象"
        indexes = [models.Index(fields=["organisation_id", "id"], name="iot_sta_feature_scope")]


class StaDatastream(StaEntity):
    """A Datastream; its id is that of the store's. feature: of Observations that name none.

    result_from, result_until: of the result times that came. unit: name, symbol, definition.
    """

    id = models.IntegerField("数据流编号", primary_key=True)
    thing = models.ForeignKey(StaThing, verbose_name="物", on_delete=models.CASCADE, related_name="+")
    sensor = models.ForeignKey(StaSensor, verbose_name="传感器", on_delete=models.PROTECT, related_name="+")
    observed_property = models.ForeignKey(
        StaObservedProperty, verbose_name="观测属性", on_delete=models.PROTECT, related_name="+"
    )
    feature = models.ForeignKey(
        StaFeature, verbose_name="默认观测对象", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    observation_type = models.CharField("观测类型", max_length=200)
    unit = models.JSONField("计量单位")
    observed_area = models.JSONField("观测范围", null=True)
    area = GeometryField("范围几何", srid=SRID, null=True, dim=2)
    result_from = models.DateTimeField("最早结果时间", null=True)
    result_until = models.DateTimeField("最晚结果时间", null=True)

    class Meta:
        """Read by its relations."""

        db_table = "iot_sta_datastream"
        verbose_name = "SensorThings 数据流"
        indexes = [
            models.Index(fields=["organisation_id", "id"], name="iot_sta_datastream_scope"),
            models.Index(fields=["name"], name="iot_sta_datastream_name"),
            GinIndex(fields=["properties"], name="iot_sta_datastream_words", opclasses=["jsonb_path_ops"]),
        ]


class StaObservation(models.Model):
    """What an observation says beyond the store's number; it belongs to the store's row with the same key.

    number: its id, where that does not follow from the key. begins_at, ends_at: the phenomenon time as it was told,
    where it is not the row's instant. result: where it is no
    number that the store keeps exactly. feature: where it is not its Datastream's.
    """

    pk = models.CompositePrimaryKey("datastream_id", "phenomenon_at")
    datastream_id = models.IntegerField("数据流编号")
    phenomenon_at = models.DateTimeField("监测时间")
    number = models.BigIntegerField("观测编号", unique=True, null=True)
    begins_at = models.DateTimeField("观测开始时间", null=True)
    ends_at = models.DateTimeField("观测结束时间", null=True)
    result = models.JSONField("结果", null=True)
    result_at = models.DateTimeField("结果时间", null=True)
    valid_from = models.DateTimeField("有效期起", null=True)
    valid_until = models.DateTimeField("有效期止", null=True)
    result_quality = models.JSONField("结果质量", null=True)
    parameters = models.JSONField("参数", null=True)
    feature = models.ForeignKey(
        StaFeature, verbose_name="观测对象", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        """Joined to the store's row; found by number."""

        db_table = "iot_sta_observation"
        verbose_name = "观测附加内容"

    def __str__(self) -> str:
        return f"{self.datastream_id} {self.phenomenon_at:%Y-%m-%d %H:%M:%S}"
