from django.apps import AppConfig


class ChatConfig(AppConfig):
    """The messages of an appointment."""

    name = "chat"

    def ready(self) -> None:
        from chat import receivers  # noqa: F401
