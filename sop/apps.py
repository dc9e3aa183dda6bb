from django.apps import AppConfig


class SOPConfig(AppConfig):
    name = "sop"
