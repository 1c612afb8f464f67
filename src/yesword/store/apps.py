"""The one Django app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "yesword.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
