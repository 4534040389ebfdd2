import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import clinic.codes
import clinic.crypto
import clinic.people.models.charts


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Chart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.CharField(default=clinic.codes.uid, editable=False, max_length=16, unique=True)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                ("title", clinic.crypto.EncryptedTextField(verbose_name="title")),
                (
                    "file",
                    models.FileField(
                        max_length=200, upload_to=clinic.people.models.charts.path_of, verbose_name="file"
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "content_type",
                    models.CharField(
                        choices=[
                            ("application/pdf", "PDF"),
                            ("image/jpeg", "JPEG picture"),
                            ("image/png", "PNG picture"),
                        ],
                        max_length=40,
                        verbose_name="type",
                    ),
                ),
                ("size", models.PositiveIntegerField(verbose_name="size, bytes")),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charts",
                        to="people.patient",
                        verbose_name="patient",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "chart",
                "verbose_name_plural": "charts",
                "ordering": ["-uploaded_at", "-pk"],
            },
        ),
    ]
