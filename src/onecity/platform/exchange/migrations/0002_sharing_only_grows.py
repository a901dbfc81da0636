"""Before deployment. Receipts of use, their seals and changes of grants only grow; the database refuses the rest."""

from django.db import migrations

TABLES = ("exchange_usereceipt", "exchange_useseal", "exchange_grantchange")
FORWARD = """
CREATE FUNCTION exchange_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this record only grows' USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_refuse_change();
"""
    for table in TABLES
)
BACKWARD = "".join(f"DROP TRIGGER {table}_only_grows ON {table};\n" for table in TABLES) + (
    "DROP FUNCTION exchange_refuse_change();\n"
)


class Migration(migrations.Migration):
    """Append-only receipts."""

    dependencies = [("exchange", "0001_sharing")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
