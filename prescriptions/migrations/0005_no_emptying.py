"""What was issued does not go with its table either: TRUNCATE fires no trigger of a row."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION prescriptions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM prescriptions_prescription WHERE status <> 'draft') THEN
        RAISE EXCEPTION 'prescriptions were issued: % cannot be emptied', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER prescriptions_stay BEFORE TRUNCATE ON prescriptions_prescription
    FOR EACH STATEMENT EXECUTE FUNCTION prescriptions_stay();
CREATE TRIGGER medicines_stay BEFORE TRUNCATE ON prescriptions_medicine
    FOR EACH STATEMENT EXECUTE FUNCTION prescriptions_stay();
"""

ALLOW = """
DROP TRIGGER medicines_stay ON prescriptions_medicine;
DROP TRIGGER prescriptions_stay ON prescriptions_prescription;
DROP FUNCTION prescriptions_stay;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("prescriptions", "0004_wait_for_an_issue"),
    ]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
    ]
