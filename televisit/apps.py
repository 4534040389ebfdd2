from django.apps import AppConfig


class TelevisitConfig(AppConfig):
    name = "televisit"
