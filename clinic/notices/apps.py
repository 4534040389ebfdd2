from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices to people, in the portal and by e-mail and text message."""

    name = "clinic.notices"
    label = "notices"

    def ready(self) -> None:
        from clinic.notices import receivers, second_factor  # noqa: F401
