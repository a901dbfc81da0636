"""Before deployment. Published limits are never altered: the database itself refuses. Only the end of their period may be set."""

from django.db import migrations

GUARD = """
CREATE FUNCTION welfare_published_limits_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NULL THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version of the limits is never altered';
END $$;
CREATE TRIGGER welfare_published_limits_stand BEFORE UPDATE OR DELETE ON welfare_policytable
FOR EACH ROW EXECUTE FUNCTION welfare_published_limits_stand();
"""


class Migration(migrations.Migration):
    dependencies = [("welfare", "0001_households_and_verifications")]

    operations = [
        migrations.RunSQL(
            GUARD,
            "DROP TRIGGER welfare_published_limits_stand ON welfare_policytable;"
            "DROP FUNCTION welfare_published_limits_stand();",
        )
    ]
