"""Who signs in and for whom they act."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, bureaus, enterprises, and what they are told."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are there only now.
        from accounts.channels import checks  # noqa: F401, PLC0415
        from accounts.services import standing  # noqa: PLC0415

        standing.register("invitation", standing.invitations)
