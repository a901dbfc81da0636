"""Enter the methods that hold from the first day: the standard's two editions, as the national platform applies them."""

from datetime import UTC, date, datetime

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SIX = ["SO2", "NO2", "CO", "O3", "PM10", "PM2.5"]
USUAL = {
    "realtime_needs": [],
    "daily_needs": SIX,
    "hour_minutes": 45,
    "day_hours": 20,
    "eight_hours": 6,
    "ozone_means": 14,
    "city_hour_share": 50,
    "city_day_share": 75,
    "author": "system",
    "created_at": datetime(2026, 11, 21, tzinfo=UTC),
}
FIRST = (
    (date(1900, 1, 1), "HJ 633-2012 (PM 1h)", "HJ 633-2012、GB 3095-2012、HJ 663-2013；实时报按国家平台发布口径取颗粒物1小时均值"),
    (date(2026, 3, 1), "HJ 633-2026", "HJ 633-2026、GB 3095-2012、HJ 663-2013"),
)


def enter(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Enter the rows that are not there."""
    method = apps.get_model("environment", "AirMethod")
    for valid_from, edition_code, source in FIRST:
        method.objects.get_or_create(
            valid_from=valid_from, defaults={**USUAL, "edition_code": edition_code, "source": source}
        )


class Migration(migrations.Migration):
    """Data only; taking it back leaves the rows, which later ones may stand beside."""

    dependencies = [("environment", "0001_air_of_stations_and_city")]
    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
