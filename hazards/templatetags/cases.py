"""Words for determinations and decisions on pages and in notices."""

from collections.abc import Mapping
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from hazards.models import CaseOutcome, Respondent
from hazards.rules.provisions import provision
from hazards.templatetags.standards import article_cited, worded
from portal.templatetags.components import BadgeKind, status_badge

register = template.Library()

_TONES: Final[Mapping[str, BadgeKind]] = {
    CaseOutcome.NO_PENALTY: "good",
    CaseOutcome.PENALTY: "attention",
    CaseOutcome.ACCOUNTABILITY: "attention",
    CaseOutcome.REVIEW: "waiting",
    CaseOutcome.NONE: "neutral",
}
_LEANINGS = {
    CaseOutcome.PENALTY: gettext_lazy("the record points to opening a case"),
    CaseOutcome.NO_PENALTY: gettext_lazy("the record points to no penalty"),
}
_HOLDS: Final[Mapping[bool | None, tuple[BadgeKind, Promise | str]]] = {
    True: ("attention", gettext_lazy("yes")),
    False: ("neutral", gettext_lazy("no")),
    None: ("waiting", gettext_lazy("not on record")),
}


@register.simple_tag
def respondent_word(respondent: str) -> str:
    """Whom it concerns."""
    return str(Respondent(respondent).label)


@register.simple_tag
def outcome_word(outcome: str) -> str:
    """What is proposed or decided."""
    return str(CaseOutcome(outcome).label)


@register.filter
def leaning_words(leaning: str) -> str:
    """Which way the record points, where a person must judge."""
    return str(_LEANINGS[CaseOutcome(leaning)]) if leaning else ""


@register.simple_tag
def outcome_badge(outcome: str) -> SafeString:
    """The outcome as a badge."""
    known = CaseOutcome(outcome)
    return status_badge(_TONES[known], str(known.label))


@register.simple_tag
def holds_badge(answer: Mapping[str, Any]) -> SafeString:
    """The answer to a question as a badge."""
    kind, label = _HOLDS[answer["holds"]]
    return status_badge(kind, str(label))


@register.filter
def article(key: str) -> str:
    """An article by its key: source, number, and what it says with its range."""
    known = provision(key)
    return f"{worded(known.source)} {article_cited(known)}: {worded(known)}"
