"""What was published of the filing standard is never altered: the database refuses. Runs before deployment."""

from django.db import migrations

_KEEP = """
    CREATE FUNCTION urban_standard_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.status = 'published' THEN
            RAISE EXCEPTION 'a published edition of the filing standard is never altered';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER urban_standard_stays BEFORE UPDATE OR DELETE ON urban_management_standardedition
        FOR EACH ROW EXECUTE FUNCTION urban_standard_stays();
    CREATE FUNCTION urban_standard_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM urban_management_standardedition e
                   WHERE e.status = 'published' AND e.id IN (OLD.standard_id,
                       CASE WHEN TG_OP = 'UPDATE' THEN NEW.standard_id ELSE OLD.standard_id END)) THEN
            RAISE EXCEPTION 'a published edition of the filing standard is never altered';
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER urban_standard_line_stays BEFORE UPDATE OR DELETE ON urban_management_standardclass
        FOR EACH ROW EXECUTE FUNCTION urban_standard_line_stays();
"""
_RELEASE = """
    DROP TRIGGER urban_standard_line_stays ON urban_management_standardclass;
    DROP TRIGGER urban_standard_stays ON urban_management_standardedition;
    DROP FUNCTION urban_standard_line_stays();
    DROP FUNCTION urban_standard_stays();
"""


class Migration(migrations.Migration):
    """Two triggers."""

    dependencies = [("urban_management", "0003_standards_judging_and_people")]

    operations = [migrations.RunSQL(_KEEP, _RELEASE)]
