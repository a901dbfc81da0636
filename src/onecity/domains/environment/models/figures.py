"""The columns of every report of the air: index, what it was made of, by which edition."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models

from onecity.domains.environment.rules.editions import Pollutant

MEAN_COLUMNS: Final = {
    Pollutant.SO2: "so2_ug_m3",
    Pollutant.NO2: "no2_ug_m3",
    Pollutant.CO: "co_mg_m3",
    Pollutant.O3: "o3_ug_m3",
    Pollutant.PM10: "pm10_ug_m3",
    Pollutant.PM2_5: "pm2_5_ug_m3",
}
INDEX_COLUMNS: Final = {
    Pollutant.SO2: "so2_iaqi",
    Pollutant.NO2: "no2_iaqi",
    Pollutant.CO: "co_iaqi",
    Pollutant.O3: "o3_iaqi",
    Pollutant.PM10: "pm10_iaqi",
    Pollutant.PM2_5: "pm2_5_iaqi",
}
DECIMALS: Final = 3


class Figures(models.Model):
    """An index with its parts. Means are kept to three places; the index was made of the exact ones."""

    edition_code = models.CharField("标准版本", max_length=40)
    aqi = models.PositiveSmallIntegerField("空气质量指数", null=True)
    level = models.PositiveSmallIntegerField("空气质量级别", null=True)
    primary = ArrayField(models.CharField(max_length=8), verbose_name="首要污染物")
    exceeding = ArrayField(models.CharField(max_length=8), verbose_name="超标污染物")
    missing = ArrayField(models.CharField(max_length=8), verbose_name="缺测污染物")
    so2_ug_m3 = models.DecimalField("二氧化硫浓度", max_digits=9, decimal_places=DECIMALS, null=True)
    no2_ug_m3 = models.DecimalField("二氧化氮浓度", max_digits=9, decimal_places=DECIMALS, null=True)
    co_mg_m3 = models.DecimalField("一氧化碳浓度", max_digits=9, decimal_places=DECIMALS, null=True)
    o3_ug_m3 = models.DecimalField("臭氧浓度", max_digits=9, decimal_places=DECIMALS, null=True)
    pm10_ug_m3 = models.DecimalField("颗粒物（PM10）浓度", max_digits=9, decimal_places=DECIMALS, null=True)
    pm2_5_ug_m3 = models.DecimalField("细颗粒物（PM2.5）浓度", max_digits=9, decimal_places=DECIMALS, null=True)
    so2_iaqi = models.PositiveSmallIntegerField("二氧化硫分指数", null=True)
    no2_iaqi = models.PositiveSmallIntegerField("二氧化氮分指数", null=True)
    co_iaqi = models.PositiveSmallIntegerField("一氧化碳分指数", null=True)
    o3_iaqi = models.PositiveSmallIntegerField("臭氧分指数", null=True)
    pm10_iaqi = models.PositiveSmallIntegerField("颗粒物（PM10）分指数", null=True)
    pm2_5_iaqi = models.PositiveSmallIntegerField("细颗粒物（PM2.5）分指数", null=True)
    computed_at = models.DateTimeField("计算时间")

    class Meta:
        """Only columns; each report has a table of its own."""

        abstract = True
