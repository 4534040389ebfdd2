from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "clinic.record"
    label = "record"
