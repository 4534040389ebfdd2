"""From its issue on, a prescription can only be revoked, and its medicines cannot be touched: not even by SQL."""

from django.db import migrations

FREEZE = """
CREATE FUNCTION prescription_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    revoked prescriptions_prescription%ROWTYPE;
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'issued' AND NEW.status = 'revoked' THEN
        revoked := NEW;
        revoked.status := OLD.status;
        revoked.revoked_at := OLD.revoked_at;
        revoked.revoke_reason := OLD.revoke_reason;
        revoked.version := OLD.version;
        revoked.updated_at := OLD.updated_at;
        IF revoked IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'prescription % is %: it cannot be changed', OLD.reference, OLD.status
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER prescription_is_frozen BEFORE UPDATE OR DELETE ON prescriptions_prescription
    FOR EACH ROW EXECUTE FUNCTION prescription_is_frozen();

CREATE FUNCTION medicine_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sheet prescriptions_prescription%ROWTYPE;
BEGIN
    FOR sheet IN SELECT * FROM prescriptions_prescription WHERE id IN (OLD.prescription_id, NEW.prescription_id) LOOP
        IF sheet.status <> 'draft' THEN
            RAISE EXCEPTION 'prescription % is %: its medicines cannot be changed', sheet.reference, sheet.status
                USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE TRIGGER medicine_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON prescriptions_medicine
    FOR EACH ROW EXECUTE FUNCTION medicine_is_frozen();
"""

THAW = """
DROP TRIGGER medicine_is_frozen ON prescriptions_medicine;
DROP FUNCTION medicine_is_frozen;
DROP TRIGGER prescription_is_frozen ON prescriptions_prescription;
DROP FUNCTION prescription_is_frozen;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("prescriptions", "0001_prescriptions"),
    ]

    operations = [
        migrations.RunSQL(FREEZE, THAW),
    ]
