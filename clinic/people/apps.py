from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "clinic.people"
    label = "people"

    def ready(self) -> None:
        from . import receivers  # noqa: F401  (connects them)
        from .groups import after_migrating

        last = [app for app in apps.get_app_configs() if app.models_module][-1]  # all permissions are there by then
        post_migrate.connect(after_migrating, sender=last, dispatch_uid="ready-made groups")
