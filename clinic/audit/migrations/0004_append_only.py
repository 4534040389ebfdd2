"""A line of the audit log is written once. It goes only after its seal says that it was dropped; a seal never goes."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM audit_auditseal WHERE OLD.id BETWEEN first AND last AND dropped
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'line % of the audit log cannot be changed or deleted', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_stays();

CREATE FUNCTION audit_seal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before audit_auditseal%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.dropped AND NOT OLD.dropped THEN
        before := NEW;
        before.dropped := false;
        IF before IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'seal % of the audit log cannot be changed or deleted', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER audit_seal_stays BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_seal_stays();
"""

UNDO = """
DROP TRIGGER audit_seal_stays ON audit_auditseal;
DROP FUNCTION audit_seal_stays;
DROP TRIGGER audit_entry_stays ON audit_auditentry;
DROP FUNCTION audit_entry_stays;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_seals"),
    ]

    operations = [
        migrations.RunSQL(APPEND_ONLY, UNDO),
    ]
