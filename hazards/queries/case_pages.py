"""What the page of a finding shows of its case; a constant number of queries."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Acting
from accounts.permissions import Decision as Permission
from accounts.permissions import denied
from hazards.models import (
    CaseOutcome,
    Decision,
    Determination,
    Finding,
    GeneralHazard,
    MajorHazard,
    Objection,
    Respondent,
    VersionInspection,
)
from hazards.permissions.cases import (
    may_answer_objection,
    may_decide,
    may_determine,
    may_object,
)
from hazards.queries.case_warnings import (
    CaseWarnings,
    has_been_outdated,
    warnings_of,
)
from hazards.rules.provisions import provision

_MITIGATING = ("penalty-law-2021/art-32", "penalty-law-2021/art-33")
_USUAL: Mapping[Respondent, Sequence[str]] = {
    Respondent.ENTERPRISE: (
        "work-safety-law-2021/art-101",
        "work-safety-law-2021/art-102",
        "work-safety-law-2021/art-97",
        "order-16/art-26",
        *_MITIGATING,
    ),
    Respondent.PRINCIPAL: (
        "work-safety-law-2021/art-21",
        "work-safety-law-2021/art-94",
        *_MITIGATING,
    ),
    Respondent.TEAM: (
        "work-safety-law-2021/art-25",
        # Leaders and safety staff only; never union or employee representatives.
        "work-safety-law-2021/art-96",
    ),
}
"""Articles of which one usually reaches a respondent; offered beside those read."""


@dataclass(frozen=True)
class RespondentCase:
    """One respondent: what is proposed, what was decided, the latest last."""

    respondent: Respondent
    outcome: str
    leaning: str
    decisions: Sequence[Decision]

    @property
    def decision(self) -> Decision | None:
        """The one that counts."""
        return self.decisions[-1] if self.decisions else None

    @property
    def earlier(self) -> Sequence[Decision]:
        """Those that it replaced."""
        return self.decisions[:-1]


@dataclass(frozen=True)
class CasePage:
    """
    The case of a finding. `kept` is what the determination's bytes hold; `links` lead
    from the records it used to their pages.
    """

    determination: Determination | None
    kept: Mapping[str, Any]
    respondents: Sequence[RespondentCase]
    is_outdated: bool
    warnings: CaseWarnings | None
    objections: Sequence[Objection]
    links: Mapping[str, str]
    may_determine: Permission
    may_decide: Permission
    may_object: Permission
    may_answer: Permission

    @property
    def is_decided(self) -> bool:
        """Whether anything was decided by hand."""
        return any(one.decisions for one in self.respondents)

    @property
    def cutoff(self) -> dt.datetime | None:
        """The instant as of which the record was read."""
        known = self.kept.get("result", {}).get("cutoff")
        return dt.datetime.fromisoformat(known) if known else None

    @property
    def decisive(self) -> Mapping[str, Any] | None:
        """The answer that decided."""
        code = self.kept.get("result", {}).get("decisive")
        return next((q for q in self.questions if q["code"] == code), None)

    @property
    def questions(self) -> Sequence[Mapping[str, Any]]:
        """Every question that was asked, in its order."""
        asked: Sequence[Mapping[str, Any]] = self.kept.get("questions", ())
        return asked

    @property
    def others(self) -> Sequence[Mapping[str, Any]]:
        """What holds or could not be told, beside what decided."""
        decisive = self.decisive
        return [
            q for q in self.questions if q["holds"] is not False and q is not decisive
        ]

    @property
    def negated(self) -> Sequence[Mapping[str, Any]]:
        """What was asked and does not hold."""
        return [q for q in self.questions if q["holds"] is False]


def case_page(finding: Finding, *, reader: Acting) -> CasePage:
    """
    The case as the reader may see it: the bureau everything, the enterprise all of it
    once something is decided; what it stated itself, always.
    """
    decided = _decisions(finding)
    in_bureau = reader.bureau is not None
    latest = None
    if in_bureau or decided:
        latest = (
            Determination.objects.filter(finding=finding)
            .select_related("by__user")
            .order_by("id")
            .last()
        )
    kept = json.loads(bytes(latest.content)) if latest else {}
    return CasePage(
        determination=latest,
        kept=kept,
        respondents=_respondents(latest, decided),
        is_outdated=bool(
            in_bureau and latest and not decided and has_been_outdated(latest)
        ),
        warnings=warnings_of(finding, on=reader.on) if in_bureau else None,
        objections=_objections(finding),
        links=_links(kept, finding, reader=reader),
        may_determine=_undecided(decided, may_determine(reader, finding)),
        may_decide=may_decide(reader, finding),
        may_object=may_object(reader, finding),
        may_answer=may_answer_objection(reader, finding),
    )


def visible_determinations(acting: Acting) -> QuerySet[Determination]:
    """Those that the person may read."""
    return Determination.objects.visible_to(acting).select_related(
        "finding__enterprise", "finding__spot_check__bureau"
    )


def visible_objections(acting: Acting) -> QuerySet[Objection]:
    """Those of the findings that the person sees."""
    return Objection.objects.filter(
        finding__in=Finding.objects.visible_to(acting)
    ).select_related(
        "finding__spot_check__bureau", "finding__enterprise", "by__user", "answer"
    )


def articles_of(kept: Mapping[str, Any], respondent: Respondent) -> list[str]:
    """
    Keys of the articles that a decision may rest on: those of the answers that hold,
    those that usually reach the respondent, then the others that were looked at.
    """
    asked: Sequence[Mapping[str, Any]] = kept.get("questions", ())
    first = [key for q in asked if q["holds"] for key in q["provisions"]]
    rest: Iterable[str] = kept.get("provisions", {})
    keys = dict.fromkeys([*first, *_USUAL[respondent], *rest])
    return [key for key in keys if provision(key).is_for(respondent)]


def _undecided(
    decided: Mapping[str, Sequence[Decision]], permission: Permission
) -> Permission:
    return denied("") if decided else permission


def _decisions(finding: Finding) -> dict[str, list[Decision]]:
    decided: dict[str, list[Decision]] = {}
    rows = (
        Decision.objects.filter(determination__finding=finding)
        .select_related("by__user", "determination")
        .order_by("id")
    )
    for row in rows:
        decided.setdefault(row.respondent, []).append(row)
    return decided


def _respondents(
    latest: Determination | None, decided: Mapping[str, Sequence[Decision]]
) -> list[RespondentCase]:
    if latest is None:
        return []
    return [
        RespondentCase(
            one,
            getattr(latest, f"{one.value}_outcome"),
            getattr(latest, f"{one.value}_leaning"),
            decided.get(one.value, ()),
        )
        for one in Respondent
        if decided.get(one.value)
        or getattr(latest, f"{one.value}_outcome") != CaseOutcome.NONE
        or one != Respondent.TEAM
    ]


def _objections(finding: Finding) -> list[Objection]:
    return list(
        Objection.objects.filter(finding=finding)
        .select_related("by__user", "answer__by__user")
        .prefetch_related("files__attachment")
        .order_by("id")
    )


def _links(
    kept: Mapping[str, Any], finding: Finding, *, reader: Acting
) -> dict[str, str]:
    """Where the records stand: a hazard's page, the report that lists an inspection."""
    named = {
        record
        for question in kept.get("questions", ())
        for record in question["records"]
    }
    if not named:
        return {}
    ids = {name.partition(":")[2].partition("#")[0] for name in named}
    hazards = MajorHazard.objects.visible_to(reader).filter(
        enterprise=finding.enterprise_id, number__in=ids
    )
    links = {
        f"hazard:{number}": reverse("hazard", args=[key])
        for number, key in hazards.values_list("number", "public_id")
    }
    generals = GeneralHazard.objects.visible_to(reader).filter(
        enterprise=finding.enterprise_id, number__in=ids
    )
    links |= {
        f"hazard:{number}": reverse("general-hazard", args=[key])
        for number, key in generals.values_list("number", "public_id")
    }
    listed = VersionInspection.objects.filter(
        inspection__number__in=ids,
        inspection__enterprise=finding.enterprise_id,
        version__sealed_at__isnull=False,
    ).order_by("-id")
    for number, key in listed.values_list(
        "inspection__number", "version__report__public_id"
    ):
        links.setdefault(f"inspection:{number}", reverse("report", args=[key]))
    return links
