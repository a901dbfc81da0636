"""Before deployment. History only grows, published versions stay as they are, cases leave room for their next row."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION cases_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of cases only grows' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER cases_entry_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON cases_entry
    FOR EACH STATEMENT EXECUTE FUNCTION cases_refuse_change();

CREATE FUNCTION cases_refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (
        TG_OP = 'DELETE'
        OR (NEW.case_type_id, NEW.number, NEW.process, NEW.settings, NEW.note, NEW.created_at, NEW.created_by,
            NEW.published_at, NEW.published_by)
           IS DISTINCT FROM
           (OLD.case_type_id, OLD.number, OLD.process, OLD.settings, OLD.note, OLD.created_at, OLD.created_by,
            OLD.published_at, OLD.published_by)
        OR NEW.state NOT IN (OLD.state, 'retired')
    ) THEN
        RAISE EXCEPTION 'a published version is never altered' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER cases_version_never_altered BEFORE UPDATE OR DELETE ON cases_casetypeversion
    FOR EACH ROW EXECUTE FUNCTION cases_refuse_version_change();

ALTER TABLE cases_case SET (fillfactor = 80);
ALTER TABLE cases_task SET (fillfactor = 85);
"""
BACKWARD = """
DROP TRIGGER cases_entry_only_grows ON cases_entry;
DROP FUNCTION cases_refuse_change();
DROP TRIGGER cases_version_never_altered ON cases_casetypeversion;
DROP FUNCTION cases_refuse_version_change();
ALTER TABLE cases_case RESET (fillfactor);
ALTER TABLE cases_task RESET (fillfactor);
"""


class Migration(migrations.Migration):
    """Guards and room."""

    dependencies = [("cases", "0001_case_types_cases_and_reading")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
