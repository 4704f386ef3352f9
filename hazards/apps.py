"""The domain: self-inspections, reports, seals."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    """Major-hazard self-inspection, from the visit to the accepted report."""

    name = "hazards"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are there only now.
        from accounts.services import standing  # noqa: PLC0415
        from hazards.services.standing_digests import still_owed  # noqa: PLC0415

        standing.register("digest", still_owed)
