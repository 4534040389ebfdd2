from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0013_buffers_of_clinics"),
    ]

    operations = [
        migrations.AddField(
            model_name="chart",
            name="scan",
            field=models.CharField(
                choices=[
                    ("none", "Not looked at: there is no scanner"),
                    ("waiting", "Waits for the scanner"),
                    ("clean", "Clean"),
                    ("virus", "Has a virus"),
                ],
                default="none",
                max_length=8,
                verbose_name="virus scan",
            ),
        ),
        migrations.AddField(
            model_name="chart",
            name="virus",
            field=models.CharField(blank=True, max_length=120, verbose_name="virus"),
        ),
    ]
