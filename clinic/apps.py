from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """What no single app owns: keys, idempotency, errors, times, operations commands."""

    name = "clinic"
    label = "clinic"
