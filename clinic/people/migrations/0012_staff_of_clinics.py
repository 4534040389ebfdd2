from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0011_api_tokens"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={
                "permissions": [("work_at_desk", "Can book, move and cancel for patients")],
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.AddField(
            model_name="user",
            name="clinics",
            field=models.ManyToManyField(
                blank=True,
                help_text="Of staff. Empty: all of them.",
                related_name="staff",
                to="people.clinic",
                verbose_name="limited to clinics",
            ),
        ),
    ]
