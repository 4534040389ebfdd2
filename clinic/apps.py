from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ClinicConfig(AppConfig):
    """What no single app owns: keys, idempotency, errors, times, operations commands."""

    name = "clinic"
    label = "clinic"

    def ready(self) -> None:
        from clinic import checks, receivers  # noqa: F401

        post_migrate.connect(receivers.start_data_keys, sender=self)
