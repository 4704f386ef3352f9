"""
A deciding officer decides, for each respondent apart: confirms what the rulebook
proposes, or departs from it with a written reason.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import current_principal, holders
from accounts.services import events, notices
from accounts.services.credentials import FreshProof
from hazards.models import (
    CaseOutcome,
    Decision,
    Determination,
    Finding,
    Respondent,
)
from hazards.permissions.cases import may_decide
from hazards.permissions.findings import is_decided
from hazards.queries.case_warnings import has_been_outdated, warnings_of
from hazards.rules.lives import day_of
from hazards.rules.provisions import PROVISIONS
from hazards.services.findings import locked
from hazards.services.sealing import use_up

OUTCOMES = {
    Respondent.ENTERPRISE: (
        CaseOutcome.NO_PENALTY,
        CaseOutcome.PENALTY,
        CaseOutcome.NONE,
    ),
    Respondent.PRINCIPAL: (
        CaseOutcome.NO_PENALTY,
        CaseOutcome.PENALTY,
        CaseOutcome.NONE,
    ),
    Respondent.TEAM: (CaseOutcome.ACCOUNTABILITY, CaseOutcome.NONE),
}
"""What may be decided: a person's judgement is not left to a person again."""

ADVERSE = (CaseOutcome.PENALTY, CaseOutcome.ACCOUNTABILITY)


@dataclass(frozen=True)
class Said:
    """
    What is decided for a respondent. `provisions` are keys of the articles it rests on
    (hazards.rules.provisions); `acknowledged_two_fines`: the officer read that a case
    may have been opened for the same act before.
    """

    respondent: Respondent
    outcome: CaseOutcome
    provisions: Sequence[str] = ()
    reason: str = ""
    acknowledged_two_fines: bool = False


def decide(
    *,
    determination_id: int,
    said: Said,
    proof: FreshProof,
    by: Acting,
    at: dt.datetime,
) -> Decision:
    """
    Decide for one respondent, with fresh proof of who it is. The enterprise and its
    principal are told. A later decision by hand replaces an earlier one, with a reason.

    :raises NotPermittedError: if the person had a part in the check, or may not decide
    :raises RefusedError: if another proposal was made meanwhile, the proof does not
        serve, or what is decided lacks its reason, articles or respondent
    """
    said = replace(said, reason=said.reason.strip())
    with transaction.atomic():
        determination = _latest(determination_id)
        finding = determination.finding
        may_decide(by, finding).require()
        _use_up(proof, by=by, at=at)
        proposed = proposed_for(determination, said.respondent)
        is_again = _is_decided(finding, said.respondent)
        _check(said, finding, proposed=proposed, is_again=is_again)
        name = _name_of(said.respondent, finding)
        if said.outcome == CaseOutcome.PENALTY:
            _check_penalty(said, finding, name, at=at)
        decision = Decision.objects.create(
            determination=determination,
            respondent=said.respondent,
            respondent_name=name,
            outcome=said.outcome,
            is_departure=said.outcome != proposed,
            reason=said.reason,
            provisions=list(said.provisions),
            at=at,
            by=by.membership,
        )
        events.record(
            action="decide-case",
            subject=finding,
            by=by,
            at=at,
            enterprise=finding.enterprise,
            bureau=finding.spot_check.bureau,
            note=said.reason,
            parameters={
                "number": determination.number,
                "respondent": said.respondent.value,
                "outcome": said.outcome.value,
                "is_departure": decision.is_departure,
            },
        )
        _tell(decision, is_again=is_again, by=by, at=at)
    return decision


def proposed_for(determination: Determination, respondent: Respondent) -> str:
    """What the rulebook proposes for a respondent."""
    proposed: str = getattr(determination, f"{respondent.value}_outcome")
    return proposed


def _latest(determination_id: int) -> Determination:
    """The determination, locked with its case, if it still is the one that counts."""
    finding = locked(
        Determination.objects.values_list("finding_id", flat=True).get(
            pk=determination_id
        )
    )
    latest = Determination.objects.filter(finding=finding).order_by("id").last()
    if latest is None or latest.pk != determination_id:
        raise RefusedError(
            _("A newer proposal was made meanwhile: read it, then decide.")
        )
    if not is_decided(finding) and has_been_outdated(latest):
        raise RefusedError(
            _(
                "Something was said of the finding after this proposal: let it be "
                "determined again, then decide."
            )
        )
    latest.finding = finding
    return latest


def _use_up(proof: FreshProof, *, by: Acting, at: dt.datetime) -> None:
    use_up(proof, by=by, at=at)
    if Decision.objects.filter(by__user_id=proof.user_id, at=proof.at).exists():
        raise RefusedError(_("Prove again who you are: enter your password or code."))


def _is_decided(finding: Finding, respondent: Respondent) -> bool:
    return Decision.objects.filter(
        determination__finding=finding, respondent=respondent
    ).exists()


def _check(said: Said, finding: Finding, *, proposed: str, is_again: bool) -> None:
    """Refuse what lacks its articles or its reason."""
    if said.outcome not in OUTCOMES[said.respondent]:
        raise RefusedError(_("Choose one of the outcomes that the page offers."))
    on = day_of(finding.found_at)
    known = [PROVISIONS.get(key) for key in said.provisions]
    if not all(one is not None and one.in_force_on(on) for one in known):
        raise RefusedError(
            _("Choose articles that were in force on the day of the finding.")
        )
    if said.outcome in ADVERSE and not known:
        raise RefusedError(_("Choose the articles that it rests on."))
    if said.outcome != proposed and not said.reason:
        raise RefusedError(
            _("You depart from what is proposed: write the reason, it is read.")
        )
    if is_again and not said.reason:
        raise RefusedError(
            _("This was decided before: write why it is decided again, it is read.")
        )


def _check_penalty(said: Said, finding: Finding, name: str, *, at: dt.datetime) -> None:
    if not name:
        raise RefusedError(
            _("Nobody was principal on the day of the finding, so nobody is named.")
        )
    is_read = said.acknowledged_two_fines and said.reason
    if not is_read and warnings_of(finding, on=day_of(at)).decided_before:
        raise RefusedError(
            _(
                "A case may have been opened for the same act before (行政处罚法 art. "
                "29): say that you read it, and write why this is another act."
            )
        )


def _name_of(respondent: Respondent, finding: Finding) -> str:
    """Whom it concerns, as called on the day of the finding."""
    if respondent == Respondent.ENTERPRISE:
        return finding.enterprise.name
    if respondent == Respondent.TEAM:
        return ""
    principal = current_principal(
        enterprise=finding.enterprise, on=day_of(finding.found_at)
    )
    return principal.user.full_name if principal else ""


def _tell(decision: Decision, *, is_again: bool, by: Acting, at: dt.datetime) -> None:
    finding = decision.determination.finding
    people = holders(
        roles={*EDITOR_ROLES, Role.PRINCIPAL}, on=by.on, enterprise=finding.enterprise
    )
    if decision.respondent == Respondent.PRINCIPAL:
        # Who was principal that day hears of it, whoever is by now.
        concerned = current_principal(
            enterprise=finding.enterprise, on=day_of(finding.found_at)
        )
        people += [concerned.user] if concerned else []
    notices.tell(
        kind="case_decided",
        cause=f"decision {decision.pk}",
        recipients=people,
        at=at,
        enterprise=finding.enterprise,
        path=reverse("finding", args=[finding.public_id]),
        parameters={
            "enterprise": finding.enterprise.name,
            "finding": finding.number,
            "number": decision.determination.number,
            "bureau": finding.spot_check.bureau.name,
            "respondent": decision.respondent,
            "name": decision.respondent_name,
            "outcome": decision.outcome,
            "is_adverse": decision.outcome in ADVERSE,
            "reason": decision.reason,
            "provisions": decision.provisions,
            "rectify_by": finding.rectify_by.isoformat() if finding.rectify_by else "",
            "is_again": is_again,
        },
    )
