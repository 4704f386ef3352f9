"""Words for determinations and decisions on pages and in notices."""

from collections.abc import Mapping
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from accounts.models import Acting
from hazards.models import CaseOutcome, Finding, Respondent
from hazards.queries.case_pages import CasePage, case_page
from hazards.queries.case_warnings import SameAct
from hazards.queries.policies import title_of, value_words
from hazards.rules.policies import DEFINITIONS
from hazards.rules.provisions import provision
from hazards.rules.repeat_penalties import Window
from hazards.templatetags.standards import article_cited, worded

register = template.Library()

_TONES: Final[Mapping[str, str]] = {
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
_FLAGS = {
    "missing_quarter": gettext_lazy("suspected missing quarter, to be verified"),
    "principal_absent": gettext_lazy(
        "principal suspected absent for a year, to be verified"
    ),
}
_SAME_ACT = {
    SameAct.HAZARD: gettext_lazy("it was matched with the same hazard"),
    SameAct.PLACE: gettext_lazy("the same clause at the same place"),
    SameAct.CHECK: gettext_lazy("it was found in the same check"),
}
_WINDOWS = {
    "half-year": gettext_lazy("within 180 days"),
    "year": gettext_lazy("within one year"),
}
_HOLDS: Final[Mapping[bool | None, tuple[str, Promise | str]]] = {
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
def case_of(finding: Finding, reader: Acting) -> CasePage:
    """The case of a finding, as the reader may see it."""
    return case_page(finding, reader=reader)


@register.filter
def in_words(answer: Mapping[str, Any], part: str) -> str:
    """The question or the reason of a kept answer, in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str(answer[f"{part}_en" if english else part])


@register.filter
def policies_used(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The policies that an answer rests on, with their values, in words."""
    return [
        (
            title_of(DEFINITIONS[name]),
            # JSON and Python write yes and no with another first letter.
            value_words(
                DEFINITIONS[name],
                DEFINITIONS[name].parse(
                    str(value).lower() if isinstance(value, bool) else str(value)
                ),
            ),
        )
        for name, value in answer["policies"].items()
    ]


@register.filter
def records_used(
    answer: Mapping[str, Any], links: Mapping[str, str]
) -> list[tuple[str, str]]:
    """The records that an answer rests on: what they are called, and their page."""
    return [
        (name.partition(":")[2], links.get(name.partition("#")[0], ""))
        for name in answer["records"]
    ]


@register.filter
def flag_word(flag: str) -> str:
    """A standing flag; suspected, never said to be so."""
    return str(_FLAGS[flag])


@register.filter
def same_act_words(why: SameAct) -> str:
    """Why another case may be of the same act."""
    return str(_SAME_ACT[why])


@register.filter
def window_words(window: Window) -> str:
    """Within how long penalties are counted."""
    return str(_WINDOWS[window.name])


@register.inclusion_tag("components/status_badge.html")
def outcome_badge(outcome: str) -> dict[str, object]:
    """The outcome as a badge."""
    known = CaseOutcome(outcome)
    return {"kind": _TONES[known], "label": str(known.label)}


@register.inclusion_tag("components/status_badge.html")
def holds_badge(answer: Mapping[str, Any]) -> dict[str, object]:
    """The answer to a question as a badge."""
    kind, label = _HOLDS[answer["holds"]]
    return {"kind": kind, "label": str(label)}


@register.filter
def article(key: str) -> str:
    """An article by its key: source, number, and what it says with its range."""
    known = provision(key)
    return f"{worded(known.source)} {article_cited(known)}: {worded(known)}"
