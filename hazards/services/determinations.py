"""Letting the rulebook propose what a finding leads to, and keeping what it said."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting
from accounts.permissions import RefusedError
from accounts.queries.memberships import current_principal
from accounts.services import events
from hazards.models import Determination, Finding
from hazards.permissions.cases import may_determine
from hazards.permissions.findings import is_decided
from hazards.queries.determination_facts import facts_of
from hazards.queries.workdays import ChineseCalendar
from hazards.rules import case_files, catalogue, seals
from hazards.rules.lives import day_of
from hazards.rules.policies import DEFINITIONS
from hazards.services import numbers
from hazards.services.findings import locked


def determine(*, finding_id: int, by: Acting, at: dt.datetime) -> Determination:
    """
    Collect the facts as they stood, let the rulebook propose, and keep both as they
    are. Again, it is another proposal, and the latest counts.

    :raises NotPermittedError: if the person is not of the bureau that checked
    :raises RefusedError: if somebody has decided already: by hand stays by hand
    """
    with transaction.atomic():
        finding = locked(finding_id)
        may_determine(by, finding).require()
        if is_decided(finding):
            raise RefusedError(
                _(
                    "An officer has decided this case, so no proposal replaces it: "
                    "decide again by hand, with the reason."
                )
            )
        number = numbers.determination_number(at)
        kept = case_files.made(
            facts_of(finding, at=at),
            ChineseCalendar(),
            frame=frame_of(finding, number=number, at=at),
        )
        made = _stored(kept, finding=finding, number=number, by=by, at=at)
        events.record(
            action="determine",
            subject=finding,
            by=by,
            at=at,
            enterprise=finding.enterprise,
            bureau=finding.spot_check.bureau,
            parameters={"number": number, "decisive": made.decisive},
        )
    return made


def frame_of(finding: Finding, *, number: str, at: dt.datetime) -> dict[str, Any]:
    """What people read beside a determination, and no rule does."""
    check, enterprise = finding.spot_check, finding.enterprise
    principal = current_principal(enterprise=enterprise, on=day_of(finding.found_at))
    clause = catalogue.clause(finding.clause) if finding.clause else None
    return {
        "number": number,
        "at": at.astimezone(dt.UTC).isoformat(),
        "bureau": check.bureau.name,
        "check": check.number,
        "enterprise": {"name": enterprise.name, "uscc": enterprise.uscc},
        "principal": principal.user.full_name if principal else "",
        "policies": {name: policy.zh for name, policy in DEFINITIONS.items()},
        "finding": {
            "number": finding.number,
            "found_at": finding.found_at.astimezone(dt.UTC).isoformat(),
            "clause": clause.zh if clause else "",
            "standard": clause.standard.zh if clause else "",
            "clause_number": clause.number if clause else "",
            "site": finding.site.name if finding.site else "",
            "place": finding.place,
            "description": finding.description,
            "rectify_by": finding.rectify_by.isoformat() if finding.rectify_by else "",
        },
    }


def _stored(
    kept: case_files.CaseFile,
    *,
    finding: Finding,
    number: str,
    by: Acting,
    at: dt.datetime,
) -> Determination:
    found = kept.determination
    return Determination.objects.create(
        number=number,
        finding=finding,
        at=at,
        by=by.membership,
        content=kept.content,
        content_sha256=seals.digest(kept.content),
        facts_sha256=kept.facts_sha256,
        rulebook=found.rulebook,
        rulebook_sha256=found.digest,
        decisive=found.decisive,
        enterprise_outcome=found.enterprise.outcome,
        enterprise_leaning=found.enterprise.leaning,
        principal_outcome=found.principal.outcome,
        principal_leaning=found.principal.leaning,
        team_outcome=found.team.outcome,
        team_leaning=found.team.leaning,
    )
