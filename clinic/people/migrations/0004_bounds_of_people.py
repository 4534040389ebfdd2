import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_history_confirmed_at"),
    ]

    operations = [
        migrations.AlterField(
            model_name="doctor",
            name="buffer_after_minutes",
            field=models.PositiveSmallIntegerField(
                default=0,
                validators=[django.core.validators.MaxValueValidator(240)],
                verbose_name="free after a visit, minutes",
            ),
        ),
        migrations.AlterField(
            model_name="doctor",
            name="buffer_before_minutes",
            field=models.PositiveSmallIntegerField(
                default=0,
                validators=[django.core.validators.MaxValueValidator(240)],
                verbose_name="free before a visit, minutes",
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="theme",
            field=models.CharField(
                choices=[("system", "As the device says"), ("light", "Light"), ("dark", "Dark")],
                default="system",
                max_length=6,
                verbose_name="colours",
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["family_name", "given_name", "id"], name="patient_by_name"),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by__isnull", True),
                    models.Q(("checked_by", models.F("user")), _negated=True),
                    _connector="OR",
                ),
                name="representation_not_checked_by_oneself",
                violation_error_message="Somebody else has to check it.",
            ),
        ),
    ]
