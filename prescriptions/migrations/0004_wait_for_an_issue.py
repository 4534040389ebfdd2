"""Who writes a medicine by SQL waits for an issue that goes on: what was a draft may be issued once it is through."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION medicine_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet prescriptions_prescription%%ROWTYPE;
BEGIN
    FOR sheet IN
        SELECT * FROM prescriptions_prescription WHERE id IN (OLD.prescription_id, NEW.prescription_id) %(lock)s
    LOOP
        IF sheet.status <> 'draft' THEN
            RAISE EXCEPTION 'prescription %% is %%: its medicines cannot be changed', sheet.reference, sheet.status
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("prescriptions", "0003_review_and_brands"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION % {"lock": "FOR SHARE"}, FUNCTION % {"lock": ""}),
    ]
