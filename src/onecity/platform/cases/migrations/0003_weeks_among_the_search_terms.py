"""Before deployment. The search index also knows the week of opening; running it again adds nothing."""

from django.db import migrations

FORWARD = """
UPDATE cases_searchterms SET terms = terms || week.term
FROM (SELECT case_id, (4::bigint << 60) | floor(extract(epoch FROM opened_at) / 604800)::bigint AS term
      FROM cases_searchterms) week
WHERE week.case_id = cases_searchterms.case_id AND NOT cases_searchterms.terms @> ARRAY[week.term];
"""


class Migration(migrations.Migration):
    """A term more for each case."""

    dependencies = [("cases", "0002_history_only_grows")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
