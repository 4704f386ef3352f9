"""How spot checks are shown: where they stand, what is looked at, the warnings."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hazards.models import CheckKind, CheckState, SpotCheck
from hazards.queries.copies import qr_of
from hazards.rules.matters import MATTERS
from hazards.rules.provisions import Provision, provision
from hazards.templatetags.standards import worded

register = template.Library()

_KINDS: Mapping[str, str] = {
    CheckState.PLANNED: "waiting",
    CheckState.APPROVED: "good",
    CheckState.REFUSED: "bad",
    CheckState.WITHDRAWN: "neutral",
    CheckState.STARTED: "attention",
    CheckState.ENDED: "good",
}


@register.inclusion_tag("components/status_badge.html")
def check_badge(check: SpotCheck) -> dict[str, object]:
    """Where a check stands, by word and shape."""
    return {"kind": _KINDS[check.state], "label": check.get_state_display()}


@register.filter
def matter_words(code: str) -> str:
    """A matter in the reader's language; what is no code by now as it was written."""
    return worded(MATTERS[code]) if code in MATTERS else code


@register.filter
def matters_words(codes: list[str]) -> str:
    """Several, one after the other."""
    return _between(matter_words(code) for code in codes)


def _between(words: Iterable[str]) -> str:
    return pgettext("between the items of a list", ", ").join(words)


@register.filter
def kind_words(code: str) -> str:
    """Why the bureau came, from the code."""
    return str(CheckKind(code).label) if code in CheckKind.values else code


_SENTENCES: Mapping[str, Any] = {
    CheckState.PLANNED: gettext_lazy("The head of the bureau answers the plan."),
    CheckState.APPROVED: gettext_lazy("The officers may go and begin."),
    CheckState.REFUSED: gettext_lazy("Nobody goes; the plan stays on record."),
    CheckState.WITHDRAWN: gettext_lazy("It did not take place; it stays on record."),
    CheckState.STARTED: gettext_lazy(
        "The officers are on site. Nothing on record changes any more."
    ),
    CheckState.ENDED: gettext_lazy(
        "It took place. What was wrong in the record is corrected beside it."
    ),
}


@register.filter
def check_sentence(check: SpotCheck) -> str:
    """Where it stands, in a sentence; an answer of the head beside it."""
    return str(_SENTENCES[check.state])


@register.filter
def provision_of(key: str) -> Provision:
    """The provision of this key."""
    return provision(key)


@register.filter
def source_of(thing: Mapping[str, Any]) -> Provision:
    """The rule on which a warning rests."""
    return provision(thing["source"])


@register.filter
def warning_words(warning: Mapping[str, Any]) -> str:
    """What a rule says about one more check, as a sentence."""
    if warning["code"] == "cap-reached":
        return _(
            "%(counted)s checks count this year and the cap is %(cap)s: in principle "
            "no further one by plan."
        ) % {"counted": warning["counted"], "cap": warning["cap"]}
    if warning["code"] == "not-responsible":
        return _(
            "%(bureau)s is responsible for this enterprise: another bureau comes "
            "together with it, and names it as joining."
        ) % {"bureau": warning["responsible"]}
    told = {
        "number": _between(warning["numbers"]),
        "matters": matters_words(warning["matters"]),
    }
    if warning["code"] == "township-repeat":
        return (
            _(
                "A bureau looked at the same this year (%(number)s: %(matters)s): in "
                "principle a township does not repeat it."
            )
            % told
        )
    return (
        _(
            "The same was looked at this year (%(number)s: %(matters)s): in principle "
            "not twice, except to re-check."
        )
        % told
    )


@register.simple_tag
def qr(address: str) -> SafeString:
    """The address as a drawing for a phone's camera; the page says it in words too."""
    # The drawing is made here, of squares only.
    return mark_safe(qr_of(address, scales=True))  # noqa: S308
