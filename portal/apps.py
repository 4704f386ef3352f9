"""The composition: settings, servers, health. No domain."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    """Ties the parts together."""

    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Settings are read only now.
        from portal.grants import grant_to_application_role  # noqa: PLC0415

        # After every migration, so that no table is ever without its grants.
        post_migrate.connect(grant_to_application_role, dispatch_uid="portal.grants")
