from django.apps import AppConfig, apps


class NoticesConfig(AppConfig):
    """Notices to people, in the portal and by e-mail and text message."""

    name = "clinic.notices"
    label = "notices"

    def ready(self) -> None:
        from clinic.notices import receivers  # noqa: F401

        if apps.is_installed("allauth.mfa"):
            from clinic.notices import second_factor  # noqa: F401
