"""The domain: self-inspections, reports, seals."""

from django.apps import AppConfig


class HazardsConfig(AppConfig):
    """Major-hazard self-inspection, from the visit to the accepted report."""

    name = "hazards"
    default_auto_field = "django.db.models.BigAutoField"
