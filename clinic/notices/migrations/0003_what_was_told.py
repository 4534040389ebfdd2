from django.db import migrations

FILL = """
UPDATE notices_notice AS notice SET side = 'doctor'
FROM appointments_appointment AS appointment JOIN people_doctor AS doctor ON doctor.id = appointment.doctor_id
WHERE appointment.id = notice.appointment_id AND doctor.user_id = notice.recipient_id AND notice.side = 'patient';

UPDATE notices_reminder AS reminder SET starts_at = appointment.starts_at
FROM appointments_appointment AS appointment
WHERE appointment.id = reminder.appointment_id AND appointment.starts_at IS NOT NULL
AND reminder.starts_at <> appointment.starts_at;

UPDATE televisit_visitevent SET announced_at = at WHERE announced_at IS NULL;
"""


class Migration(migrations.Migration):
    """What was before people were told of visits is no news. Safe to run again."""

    dependencies = [
        ("notices", "0002_every_kind_and_channel"),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
