"""Before deployment. Words of demands are found by an index, which is built while people work."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """One index over the pairs of neighbouring characters (`geo_bigrams`)."""

    atomic = False
    dependencies = [
        ("hotline", "0001_demands_knowledge_and_open311"),
        ("geo", "0001_divisions_grids_and_base_map"),
    ]
    operations = [
        AddIndexConcurrently(
            model_name="demand",
            index=GinIndex(models.Func(models.F("words"), function="geo_bigrams"), name="hotline_demand_words"),
        ),
    ]
