"""A finding with all that was said of it, and lists of findings, in a few queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    OuterRef,
    Prefetch,
    QuerySet,
    Subquery,
    Value,
    When,
)

from accounts.models import Acting
from accounts.permissions import Decision
from accounts.queries.paging import PAGE_SIZE, after_row
from hazards.models import (
    ABSENT,
    Attachment,
    CheckCorrection,
    Determination,
    Finding,
    FindingAssessment,
    FindingMatch,
    MajorHazard,
    MatchAnswer,
    MatchSecond,
)
from hazards.permissions.findings import is_decided, may_assess, may_match, may_second
from hazards.queries.candidates import Candidate
from hazards.queries.matches import counts

_NEEDED = (
    "enterprise",
    "site__county",
    "by__user",
    "by__bureau",
    "spot_check__bureau",
    "spot_check__enterprise",
)


@dataclass(frozen=True)
class FindingStory:
    """
    A finding as one person may see it. What officers judge and compare is the bureau's
    own work until the case is decided: the enterprise sees it from then on.
    """

    finding: Finding
    photos: list[Attachment]
    corrections: list[CheckCorrection]
    is_decided: bool
    # Oldest first.
    assessments: list[FindingAssessment]
    matches: list[FindingMatch]
    may_assess: Decision
    may_match: Decision
    may_second: Decision | None

    @property
    def match(self) -> FindingMatch | None:
        """The comparison that counts, once it does."""
        return self.matches[-1] if self.matches else None

    @property
    def match_counts(self) -> bool:
        """Whether the latest comparison is settled."""
        return self.match is not None and counts(self.match)

    @property
    def needs_second(self) -> bool:
        """Whether a second person's word is waited for."""
        latest = self.match
        return (
            latest is not None
            and latest.verdict in ABSENT
            and getattr(latest, "second", None) is None
        )


def visible_findings(acting: Acting) -> QuerySet[Finding]:
    """Findings that the person may see, with what their pages name."""
    return Finding.objects.visible_to(acting).select_related(*_NEEDED)


def finding_story(finding: Finding, *, reader: Acting) -> FindingStory:
    """All of a finding; expects what `visible_findings` loads."""
    decided = is_decided(finding)
    shown = reader.enterprise is None or decided
    matches = matches_of(finding) if shown else []
    judged = finding.assessments.select_related("by__user").order_by("id")
    corrections = finding.corrections.filter(approved=True).select_related(
        "asked_by__user", "answered_by__user"
    )
    photos = finding.photos.select_related("attachment").order_by("ordinal")
    return FindingStory(
        finding=finding,
        photos=[photo.attachment for photo in photos],
        corrections=list(corrections.order_by("id")),
        is_decided=decided,
        assessments=list(judged) if shown else [],
        matches=matches,
        may_assess=may_assess(reader, finding),
        may_match=may_match(reader, finding),
        may_second=may_second(reader, matches[-1]) if matches else None,
    )


def matches_of(finding: Finding) -> list[FindingMatch]:
    """Every comparison, oldest first, with answers and second words; 2 queries."""
    answers = MatchAnswer.objects.select_related("hazard", "general").order_by("rank")
    rows = list(
        finding.matches.select_related(
            "by__user", "hazard", "general", "second__by__user"
        )
        .prefetch_related(Prefetch("answers", queryset=answers))
        .order_by("id")
    )
    for row in rows:
        row.finding = finding
    return rows


@dataclass(frozen=True)
class FindingPage:
    """Some findings, and where the next page begins."""

    rows: list[Any]
    next_after: str


def finding_page(acting: Acting, *, after: str = "") -> FindingPage:
    """
    Findings that the person may see, the latest first; 2 queries. Each row says
    `is_decided`, and to a bureau its `verdict` and whether that `waits` for a second.
    """
    rows = visible_findings(acting).annotate(
        is_decided=Exists(
            Determination.objects.filter(
                finding=OuterRef("pk"), decisions__isnull=False
            )
        ),
        **_standing(is_inside=acting.enterprise is None),
    )
    ordered = after_row(rows, "id", after=after, newest_first=True)
    found = list(ordered[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    more = len(found) > PAGE_SIZE
    return FindingPage(shown, str(shown[-1].public_id) if more else "")


def _standing(*, is_inside: bool) -> dict[str, Any]:
    """What the latest comparison came to; nothing to the enterprise."""
    if not is_inside:
        return {
            "verdict": Value("", output_field=CharField()),
            "waits": Value(value=False, output_field=BooleanField()),
        }
    latest = FindingMatch.objects.filter(finding=OuterRef("pk")).order_by("-id")
    agreed = MatchSecond.objects.filter(match=OuterRef("pk"), agrees=True)
    unsettled = latest.annotate(
        waits=Case(
            When(verdict__in=ABSENT, then=~Exists(agreed)), default=Value(value=False)
        )
    )
    return {
        "verdict": Subquery(latest.values("verdict")[:1]),
        "waits": Subquery(unsettled.values("waits")[:1]),
    }


def opened(candidates: Iterable[Candidate], *, reader: Acting) -> set[int]:
    """Of these candidates' hazards, those whose page the reader may open; 1 query."""
    keys = [each.hazard.pk for each in candidates if each.hazard]
    return set(
        MajorHazard.objects.visible_to(reader)
        .filter(pk__in=keys)
        .values_list("pk", flat=True)
    )
