from django.db import migrations, models

import clinic.people.countries


class Migration(migrations.Migration):
    dependencies = [("people", "0008_paper")]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="country",
            field=models.CharField(
                choices=clinic.people.countries.country_choices,
                default="",
                help_text="Pharmacies abroad read it on prescriptions.",
                max_length=2,
                verbose_name="country",
            ),
            preserve_default=False,
        ),
    ]
