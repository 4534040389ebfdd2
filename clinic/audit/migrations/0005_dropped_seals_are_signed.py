"""A seal is signed anew when its lines are dropped, so that nobody else can say so: its signature may change then."""

from django.db import migrations

SEAL_STAYS = """
CREATE OR REPLACE FUNCTION audit_seal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before audit_auditseal%%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.dropped AND NOT OLD.dropped THEN
        before := NEW;
        before.dropped := false;
        %s
        IF before IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'seal %% of the audit log cannot be changed or deleted', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0004_append_only"),
    ]

    operations = [
        migrations.RunSQL(SEAL_STAYS % "before.signature := OLD.signature;", SEAL_STAYS % ""),
    ]
