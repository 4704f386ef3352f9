"""How it is said whether the record would protect, in the reader's language."""

import datetime as dt
from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlencode

from django import template
from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import (
    get_language,
    gettext,
    gettext_lazy,
    pgettext_lazy,
)

from hazards.models import Respondent
from hazards.queries.policies import value_words
from hazards.queries.protection_pages import ProtectionLine
from hazards.rules.outcomes import Answer, Determination, Outcome
from hazards.rules.policies import DEFINITIONS, PolicyDefinition
from hazards.rules.protection import ASSUMED, ProtectionStatus, Todo
from hazards.rules.provisions import Provision, provision
from hazards.rules.questions import word

register = template.Library()

_BADGES: Mapping[str, tuple[str, str | Promise]] = {
    ProtectionStatus.PROTECTED: ("good", gettext_lazy("protected by the record")),
    ProtectionStatus.AT_RISK: ("attention", gettext_lazy("protected, at risk")),
    ProtectionStatus.EXPOSED: ("bad", gettext_lazy("exposed")),
}
# Of what is on no record more than this cannot be said in advance.
_UNKNOWN: Mapping[str, str | Promise] = {
    ProtectionStatus.PROTECTED: gettext_lazy("nothing on record against it"),
    ProtectionStatus.AT_RISK: gettext_lazy("nothing against it yet, at risk"),
}
_TEAM = gettext_lazy("the inspection team")
_SIGNED = gettext_lazy("the inspection team; the principal signs")
_PRINCIPAL = gettext_lazy("the principal in person")
# Who does what `Todo` says.
_WHO: Mapping[str, str | Promise] = {
    "report-hazard": _SIGNED,
    "report-again": _SIGNED,
    "mend-report": _SIGNED,
    "complete-plan": _SIGNED,
    "cure-quarter": _SIGNED,
    "report-quarter": _SIGNED,
    "take-part": _PRINCIPAL,
    "show-taking-part": _SIGNED,
}
_OUTCOMES: Mapping[str, tuple[str, str | Promise]] = {
    "no_penalty": ("good", gettext_lazy("no penalty proposed")),
    "penalty": ("bad", gettext_lazy("opening a penalty case proposed")),
    "accountability": ("bad", gettext_lazy("tracing responsibility proposed")),
    "review": ("waiting", gettext_lazy("to be judged by a person")),
    "none": ("neutral", gettext_lazy("no consequence under item 10")),
}
_LEANINGS: Mapping[str, str | Promise] = {
    "no_penalty": gettext_lazy("the record leans towards no penalty"),
    "penalty": gettext_lazy("the record leans towards a penalty case"),
}
_HOLDS: Mapping[bool | None, tuple[str, str | Promise]] = {
    True: ("attention", pgettext_lazy("answer to a question", "yes")),
    False: ("neutral", pgettext_lazy("answer to a question", "no")),
    None: ("waiting", gettext_lazy("the record does not say")),
}
_MICROSECOND = dt.timedelta(microseconds=1)


class Speaking(Protocol):
    """What has a sentence in both languages."""

    def sentence(self, language: str = "zh") -> str:
        """Say it in ``zh`` or ``en``."""


@register.inclusion_tag("components/status_badge.html")
def protection_badge(line: ProtectionLine) -> dict[str, object]:
    """How a finding would go, by word and shape."""
    status = line.protection.status
    kind, label = _BADGES[status]
    if not line.is_on_record:
        label = _UNKNOWN.get(status, label)
    return {"kind": kind, "label": label}


@register.filter
def because(line: ProtectionLine) -> str:
    """Why it stands so, in a sentence."""
    found = line.protection.determination
    if found.decisive == "undetermined":
        return gettext(
            "Nothing on record speaks against the enterprise. Whether a hazard that is "
            "on nobody’s record arose after the last inspection, or was missed by it, "
            "an officer judges on site."
        )
    return why(found)


@register.filter
def last_moment(ends_at: dt.datetime) -> dt.datetime:
    """The last instant before; of what ends at midnight, the day before it."""
    return ends_at - _MICROSECOND


@register.filter
def why(found: Determination) -> str:
    """The sentence of the question that decides."""
    return said(deciding(found))


@register.filter
def deciding(found: Determination) -> Answer:
    """The answer that decides."""
    return next(each for each in found.answers if each.code == found.decisive)


@register.filter
def said(thing: Speaking) -> str:
    """What it says, in the reader's language; of an answer, to the minute."""
    if isinstance(thing, Answer):
        params = {name: _to_the_minute(value) for name, value in thing.params.items()}
        return thing.text.sentence(thing.because, params, _language())
    return thing.sentence(_language())


def _to_the_minute(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.replace(second=0, microsecond=0)
    return value


@register.filter
def asked(answer: Answer) -> str:
    """The question, in the reader's language."""
    return answer.question(_language())


@register.filter
def who(todo: Todo) -> str:
    """Who does it."""
    return str(_WHO.get(todo.code, _TEAM))


@register.simple_tag
def assumed() -> str:
    """What is taken for granted, in a sentence."""
    return word(ASSUMED, _language())


@register.filter
def flag_words(flag: str) -> str:
    """What a standing flag is called."""
    return word(f"flag.{flag}", _language())


@register.inclusion_tag("components/status_badge.html")
def outcome_badge(outcome: Outcome) -> dict[str, object]:
    """What is proposed for a respondent, by word and shape."""
    kind, label = _OUTCOMES[outcome.outcome]
    return {"kind": kind, "label": label}


@register.filter
def leaning_words(outcome: Outcome) -> str:
    """Which way the record points, where a person has to judge."""
    return str(_LEANINGS.get(outcome.leaning, ""))


@register.inclusion_tag("components/status_badge.html")
def holds_badge(answer: Answer) -> dict[str, object]:
    """Whether it holds, by word and shape."""
    kind, label = _HOLDS[answer.holds]
    return {"kind": kind, "label": label}


@register.filter
def articles(answer: Answer) -> list[Provision]:
    """The articles on which the question rests, with their ranges."""
    return [provision(key) for key in answer.provisions]


@register.filter
def policies_read(answer: Answer) -> list[tuple[PolicyDefinition, str]]:
    """The settings read for it, each with its value in words."""
    read = ((DEFINITIONS[name], value) for name, value in answer.policies.items())
    return [(policy, value_words(policy, value)) for policy, value in read]


@register.filter
def respondents(found: Determination) -> list[tuple[str, Outcome]]:
    """Each respondent with what is proposed."""
    outcomes = (found.enterprise, found.principal, found.team)
    return list(zip((str(one.label) for one in Respondent), outcomes, strict=True))


@register.filter
def supposing(form: Form, hazard: object) -> str:
    """The same question, of that hazard of the record, or of one on no record."""
    kept = {name: form.data[name] for name in form.data if name != "words"}
    return "?" + urlencode({**kept, "hazard": str(hazard)})


def _language() -> str:
    return "zh" if (get_language() or "").startswith("zh") else "en"
