import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_chart"),
    ]

    operations = [
        migrations.AddField(
            model_name="allergy",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
        ),
        migrations.AddField(
            model_name="condition",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
        ),
        migrations.AddField(
            model_name="medication",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="confirmed"),
        ),
        migrations.AlterField(
            model_name="allergy",
            name="entered_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered"),
        ),
        migrations.AlterField(
            model_name="condition",
            name="entered_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered"),
        ),
        migrations.AlterField(
            model_name="medication",
            name="entered_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="entered"),
        ),
    ]
