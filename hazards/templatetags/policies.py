"""How a bureau's policies are shown."""

from django import template

from accounts.models import BureauPolicy
from hazards.queries.policies import value_words
from hazards.rules.policies import DEFINITIONS

register = template.Library()


@register.simple_tag
def policy_value(entry: BureauPolicy) -> str:
    """Write what a bureau chose, in words."""
    definition = DEFINITIONS[entry.name]
    return value_words(definition, definition.parse(entry.value))
