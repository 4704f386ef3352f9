"""Who signs in and for whom they act."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, bureaus, enterprises, and what they are told."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
