from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0009_clinic_country"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_bounced_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="e-mail came back"),
        ),
        migrations.AddField(
            model_name="user",
            name="phone",
            field=models.CharField(blank=True, max_length=32, verbose_name="mobile number for messages"),
        ),
        migrations.AddField(
            model_name="user",
            name="phone_failed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="messages to the number failed"),
        ),
    ]
