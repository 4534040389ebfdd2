"""What happened in a visit is only ever added to: events are neither edited nor deleted, not even by SQL."""

from django.db import migrations

KEEP = """
CREATE FUNCTION visit_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told televisit_visitevent%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        told := NEW;
        told.announced_at := OLD.announced_at;
        IF told IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'event % of a visit cannot be changed', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER visit_event_stays BEFORE UPDATE OR DELETE ON televisit_visitevent
    FOR EACH ROW EXECUTE FUNCTION visit_event_stays();
"""

LET_GO = """
DROP TRIGGER visit_event_stays ON televisit_visitevent;
DROP FUNCTION visit_event_stays;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("televisit", "0004_after_the_visit"),
    ]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
    ]
