"""How findings and their comparison with the enterprise's record are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hazards.models import ABSENT, Finding, FindingMatch, MatchVerdict, Regulator
from hazards.queries.matches import counts
from hazards.rules.likeness import Fit, Likeness

register = template.Library()

_FITS: Mapping[str, Mapping[Fit, Any]] = {
    "clause": {
        Fit.SAME: gettext_lazy("same clause"),
        Fit.NEAR: gettext_lazy("another clause of the same article"),
        Fit.DIFFERS: gettext_lazy("clause of another article"),
        Fit.UNSAID: gettext_lazy("clause not said"),
    },
    "site": {
        Fit.SAME: gettext_lazy("same site"),
        Fit.DIFFERS: gettext_lazy("another site"),
        Fit.UNSAID: gettext_lazy("site not said"),
    },
    "place": {
        Fit.SAME: gettext_lazy("same place"),
        Fit.NEAR: gettext_lazy("place in similar words"),
        Fit.DIFFERS: gettext_lazy("place in other words"),
        Fit.UNSAID: gettext_lazy("place not said"),
    },
    "words": {
        Fit.SAME: gettext_lazy("described in the same words"),
        Fit.NEAR: gettext_lazy("described in similar words"),
        Fit.DIFFERS: gettext_lazy("described in other words"),
        Fit.UNSAID: gettext_lazy("not described"),
    },
}
_TONES: Mapping[Fit, str] = {
    Fit.SAME: "good",
    Fit.NEAR: "waiting",
    Fit.DIFFERS: "attention",
    Fit.UNSAID: "neutral",
}
_VERDICT_TONES: Mapping[str, str] = {
    MatchVerdict.SAME: "good",
    MatchVerdict.PART: "waiting",
    MatchVerdict.UNCLEAR: "attention",
}


@register.filter
def fits(like: Likeness) -> list[tuple[str, str]]:
    """What fits and what does not: the kind of each badge, and its words."""
    said = {name: getattr(like, name) for name in _FITS}
    return _badges(said, in_time=like.in_time)


def _badges(said: Mapping[str, str], *, in_time: bool) -> list[tuple[str, str]]:
    shown = [
        (_TONES[Fit(said[name])], str(words[Fit(said[name])]))
        for name, words in _FITS.items()
    ]
    if in_time:
        return [*shown, ("good", _("on record before the arrival"))]
    return [*shown, ("attention", _("registered after the arrival"))]


@register.inclusion_tag("components/status_badge.html")
def verdict_badge(verdict: str) -> dict[str, object]:
    """An answer, or what answers came to."""
    label = MatchVerdict(verdict).label
    return {"kind": _VERDICT_TONES.get(verdict, "neutral"), "label": label}


@register.inclusion_tag("components/status_badge.html")
def finding_badge(finding: Finding) -> dict[str, object]:
    """What was found: suspected major, under whose criteria, or general."""
    if not finding.is_major:
        return {"kind": "neutral", "label": _("general hazard")}
    if finding.regulator == Regulator.OTHER:
        label = _("suspected major hazard, another department's criteria")
        return {"kind": "attention", "label": label}
    return {"kind": "attention", "label": _("suspected major hazard, to be examined")}


@register.filter
def judged(value: bool | None) -> str:  # noqa: FBT001 (a template's filter)
    """Yes, no, or that nobody has judged it."""
    words = {
        True: pgettext_lazy("answer", "yes"),
        False: pgettext_lazy("answer", "no"),
        None: gettext_lazy("not judged"),
    }
    return str(words[value])


@register.filter
def match_sentence(match: FindingMatch) -> str:
    """What the comparison means for what follows."""
    if match.verdict in ABSENT and not counts(match):
        second = getattr(match, "second", None)
        if second is None:
            return _(
                "It counts once a second person agrees: that what was found is not on "
                "record may lead to a penalty, so one person alone does not say it."
            )
        return _(
            "The second person does not agree, so it is undecided: the officers "
            "compare again."
        )
    return _("This is what the determination reads.")


@register.filter
def kept_fits(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The same as `fits`, of a candidate as it was kept with a comparison."""
    return _badges(row["fits"], in_time=row["fits"]["in_time"])


@register.filter
def answered(match: FindingMatch) -> Sequence[tuple[Any, Mapping[str, Any]]]:
    """Each answer beside the candidate as it was laid before the officer."""
    kept = {row["rank"]: row for row in match.considered}
    return [(answer, kept.get(answer.rank, {})) for answer in match.answers.all()]
