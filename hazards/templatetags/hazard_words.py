"""Words for what notices and pages keep of a hazard as codes."""

from django import template

from hazards.models import ListedLevel, Stop

register = template.Library()


@register.filter
def stop_words(stop: str) -> str:
    """How much of the work stands still."""
    return str(Stop(stop).label)


@register.filter
def listed_words(level: str) -> str:
    """Who supervises the rectification by listing it."""
    return str(ListedLevel(level).label)
