"""What the page of one spot check tells, in a constant number of queries."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Acting
from hazards.models import (
    BEGUN,
    CheckCorrection,
    CheckState,
    Finding,
    SignedOpinion,
    SpotCheck,
)
from hazards.queries.check_counts import counts_before

_PEOPLE = ("planned", "answered", "notified", "started", "ended", "withdrawn")


@dataclass(frozen=True)
class CheckPage:
    """
    One spot check as its reader sees it: `counts` are those stored when it began, or
    today's before that, and none for the enterprise before that.
    """

    check: SpotCheck
    counts: Mapping[str, Any] | None
    findings: list[Finding]
    corrections: list[CheckCorrection]
    opinions: list[SignedOpinion]

    @property
    def has_begun(self) -> bool:
        """Whether it took place, or takes place now."""
        return self.check.state in BEGUN

    @property
    def waits_to_begin(self) -> bool:
        """Whether the counts are of today and may still change."""
        return self.check.state in (CheckState.PLANNED, CheckState.APPROVED)


def visible_check(public_id: uuid.UUID, *, reader: Acting) -> SpotCheck | None:
    """The check with its people, if the reader sees it; 6 queries."""
    return (
        SpotCheck.objects.visible_to(reader)
        .select_related(
            "enterprise",
            "bureau",
            "joint_bureau",
            "site",
            *(f"{act}_by__user" for act in _PEOPLE),
        )
        .prefetch_related(
            "officers__membership__user", "officers__membership__bureau", "assistants"
        )
        .filter(public_id=public_id)
        .first()
    )


def check_page(check: SpotCheck, *, reader: Acting) -> CheckPage:
    """
    What is told of the check; at most 8 queries. An enterprise reads of corrections
    only those approved.
    """
    corrections = check.corrections.select_related(
        "asked_by__user", "answered_by__user", "finding"
    ).order_by("id")
    if reader.enterprise is not None:
        corrections = corrections.filter(approved=True)
    opinions = check.signed_opinions.select_related("attachment", "by__user")
    return CheckPage(
        check=check,
        counts=_counts(check, reader=reader),
        findings=list(check.findings.select_related("site").order_by("id")),
        corrections=list(corrections),
        opinions=list(opinions.order_by("id")),
    )


def _counts(check: SpotCheck, *, reader: Acting) -> Mapping[str, Any] | None:
    if check.state in BEGUN:
        counts: Mapping[str, Any] | None = check.counts
        return counts
    ended = check.state in (CheckState.REFUSED, CheckState.WITHDRAWN)
    if ended or reader.enterprise is not None:
        return None
    return counts_before(check, on=reader.on)
