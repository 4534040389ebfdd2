from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0007_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="paper",
            field=models.CharField(
                choices=[("a4", "A4"), ("letter", "Letter")],
                default="a4",
                max_length=6,
                verbose_name="paper of prescriptions",
            ),
        ),
    ]
