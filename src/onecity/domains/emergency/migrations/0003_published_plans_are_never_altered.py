"""A published or retired version keeps its rows as they are: the database refuses to change them."""

from django.db import migrations

TABLES = ("emergency_planlevel", "emergency_plangroup", "emergency_planstep", "emergency_planresource")
FUNCTION = """
    CREATE FUNCTION emergency_rows_of_drafts_only() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        held bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;
    BEGIN
        IF EXISTS (SELECT FROM emergency_planversion WHERE id = held AND state <> 'draft') THEN
            RAISE EXCEPTION 'version % of a plan is not a draft', held USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$
"""


class Migration(migrations.Migration):
    """Triggers on the rows of plans."""

    dependencies = [("emergency", "0002_plans_and_responses")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION emergency_rows_of_drafts_only()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_drafts_only BEFORE INSERT OR UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION emergency_rows_of_drafts_only()",
                f"DROP TRIGGER {table}_drafts_only ON {table}",
            )
            for table in TABLES
        ),
    ]
