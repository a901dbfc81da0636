"""Before deployment. What has been submitted or published is not altered, by whomever; years of use stay compact."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION exchange_refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided text[] := '{state,decided_by,decided_at,return_reason,published_at,ended_at,end_reason}';
BEGIN
    IF OLD.state IN ('draft', 'returned') THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE'
        OR (to_jsonb(OLD) - decided) IS DISTINCT FROM (to_jsonb(NEW) - decided)
        OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'replaced', 'withdrawn'))
        OR (OLD.state IN ('replaced', 'withdrawn') AND NEW IS DISTINCT FROM OLD)
        OR (OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at)
    THEN
        RAISE EXCEPTION 'a published version is never altered' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER exchange_version_never_altered BEFORE UPDATE OR DELETE ON exchange_datasetversion
    FOR EACH ROW EXECUTE FUNCTION exchange_refuse_version_change();

CREATE FUNCTION exchange_refuse_field_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END;
BEGIN
    IF EXISTS (SELECT FROM exchange_datasetversion WHERE id = held AND state NOT IN ('draft', 'returned')) THEN
        RAISE EXCEPTION 'the fields of a published version are never altered' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER exchange_field_never_altered BEFORE INSERT OR UPDATE OR DELETE ON exchange_datafield
    FOR EACH ROW EXECUTE FUNCTION exchange_refuse_field_change();

ALTER TABLE exchange_usageday SET (fillfactor = 70);
ALTER TABLE exchange_usagetotal SET (fillfactor = 70);
"""
BACKWARD = """
DROP TRIGGER exchange_version_never_altered ON exchange_datasetversion;
DROP FUNCTION exchange_refuse_version_change();
DROP TRIGGER exchange_field_never_altered ON exchange_datafield;
DROP FUNCTION exchange_refuse_field_change();
ALTER TABLE exchange_usageday RESET (fillfactor);
ALTER TABLE exchange_usagetotal RESET (fillfactor);
"""


class Migration(migrations.Migration):
    """Guards."""

    dependencies = [("exchange", "0001_catalogue")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
