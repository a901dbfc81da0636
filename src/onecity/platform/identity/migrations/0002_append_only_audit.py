"""Before deployment. The audit trail only grows: the database refuses to change or remove what was written."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION identity_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail only grows' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER identity_auditentry_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION identity_refuse_change();
CREATE TRIGGER identity_auditseal_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION identity_refuse_change();
"""
BACKWARD = """
DROP TRIGGER identity_auditentry_only_grows ON identity_auditentry;
DROP TRIGGER identity_auditseal_only_grows ON identity_auditseal;
DROP FUNCTION identity_refuse_change();
"""


class Migration(migrations.Migration):
    """Append-only entries and seals."""

    dependencies = [("identity", "0001_accounts_roles_and_audit")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
