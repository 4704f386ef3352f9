"""Recording what a spot check found, and what its officers judge of it."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import EDITOR_ROLES, Acting, Role
from accounts.permissions import RefusedError
from accounts.queries.memberships import holders
from accounts.services import events, notices
from hazards.models import (
    Attachment,
    Finding,
    FindingAssessment,
    FindingPhoto,
    Regulator,
    SpotCheck,
)
from hazards.permissions.findings import may_assess, may_record_finding
from hazards.queries.clause_facts import clause_facts
from hazards.rules.catalogue import CLAUSES, Clause
from hazards.rules.limits import limit
from hazards.rules.lives import day_of
from hazards.services import numbers


@dataclass(frozen=True)
class Found:
    """
    What the officers found and ordered on the spot. Without `regulator` it is that of
    the clause; `rectify_by` is the last day (Asia/Shanghai) to put it right.
    """

    is_major: bool
    place: str
    description: str
    clause: str = ""
    regulator: str = ""
    site_id: int | None = None
    ordered: str = ""
    stop_ordered: str = ""
    rectify_by: dt.date | None = None


@dataclass(frozen=True)
class Assessment:
    """What only an officer on site can judge; None = not judged."""

    note: str
    measures_effective: bool | None = None
    existed_at_last_inspection: bool | None = None
    falsified: bool = False
    stop_order_defied: bool = False
    accident: bool = False


def record(
    *,
    spot_check_id: int,
    found: Found,
    photos: Sequence[int] = (),
    key: uuid.UUID,
    by: Acting,
    at: dt.datetime,
) -> Finding:
    """
    Put a finding on record and tell the enterprise at once. The same `key` again, of a
    form sent twice, returns the one recorded.

    :param photos: keys of attachments kept for the enterprise, in order
    :raises NotPermittedError: if the person is no officer of the check, or the check
        is not under way
    :raises RefusedError: if place, words, clause, site, day or photos cannot be
    """
    by = replace(by, on=day_of(at))
    with transaction.atomic():
        check = (
            SpotCheck.objects.select_for_update(of=("self",), no_key=True)
            .select_related("enterprise", "bureau")
            .get(pk=spot_check_id)
        )
        done = Finding.objects.filter(key=key).first()
        if done is not None and done.spot_check_id == check.pk:
            return done
        if done is not None:
            raise RefusedError(_("This form was used already: open it again."))
        may_record_finding(by, check).require()
        clause = _clause(found, on=by.on)
        _check(found, check, on=by.on)
        finding = Finding.objects.create(
            key=key,
            number=numbers.finding_number(at),
            spot_check=check,
            enterprise=check.enterprise,
            found_at=at,
            by=by.membership,
            is_major=found.is_major,
            clause=found.clause,
            clause_facts=clause_facts(clause) if clause else None,
            regulator=_regulator(found, clause),
            site_id=found.site_id,
            place=found.place.strip(),
            description=found.description.strip(),
            ordered=found.ordered.strip(),
            stop_ordered=found.stop_ordered,
            rectify_by=found.rectify_by,
        )
        _show(finding, photos, on=by.on)
        _tell(finding, clause, by=by, at=at)
        events.record(
            action="record-finding",
            subject=finding,
            by=by,
            at=at,
            enterprise=check.enterprise,
            bureau=check.bureau,
            parameters={"finding": finding.number, "check": check.number},
        )
    return finding


def assess(
    *, finding_id: int, assessment: Assessment, by: Acting, at: dt.datetime
) -> FindingAssessment:
    """
    Say, with the reason, what only an officer on site can judge; the latest counts.

    :raises NotPermittedError: if the person is no officer of the check, or the case is
        decided
    :raises RefusedError: if no reason is given
    """
    if not assessment.note.strip():
        raise RefusedError(_("Say what this rests on: who decides reads it."))
    with transaction.atomic():
        finding = locked(finding_id)
        may_assess(by, finding).require()
        said = FindingAssessment.objects.create(
            finding=finding,
            at=at,
            by=by.membership,
            measures_effective=assessment.measures_effective,
            existed_at_last_inspection=assessment.existed_at_last_inspection,
            falsified=assessment.falsified,
            stop_order_defied=assessment.stop_order_defied,
            accident=assessment.accident,
            note=assessment.note.strip(),
        )
        note_inside("assess-finding", finding, by=by, at=at, note=said.note)
    return said


def locked(finding_id: int) -> Finding:
    """
    The finding, with its spot check locked: findings are only ever added, so what is
    said of one waits in line on its check.
    """
    finding = Finding.objects.select_related(
        "spot_check", "enterprise", "spot_check__bureau"
    ).get(pk=finding_id)
    SpotCheck.objects.select_for_update(no_key=True).get(pk=finding.spot_check_id)
    return finding


def note_inside(
    action: str,
    finding: Finding,
    *,
    by: Acting,
    at: dt.datetime,
    note: str = "",
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Write down an act inside the bureau, which no page of the enterprise shows."""
    events.record(
        action=action,
        subject=finding,
        by=by,
        at=at,
        bureau=finding.spot_check.bureau,
        note=note,
        parameters={"finding": finding.number, **(parameters or {})},
    )


def _clause(found: Found, *, on: dt.date) -> Clause | None:
    """The clause, which must be in force that day."""
    if not found.clause:
        if found.is_major and found.regulator != Regulator.OTHER:
            raise RefusedError(
                _(
                    "Choose the clause that makes it a major hazard, or say that it "
                    "falls under another department's criteria."
                )
            )
        return None
    clause = CLAUSES.get(found.clause)
    if clause is None or not clause.in_force_on(on):
        raise RefusedError(
            _("This clause is not in force today: choose one from the list.")
        )
    return clause


def _regulator(found: Found, clause: Clause | None) -> str:
    if found.regulator:
        return found.regulator
    others = clause is not None and clause.standard.regulator != Regulator.EMERGENCY
    return Regulator.OTHER if others else Regulator.EMERGENCY


def _check(found: Found, check: SpotCheck, *, on: dt.date) -> None:
    if not found.place.strip() or not found.description.strip():
        raise RefusedError(_("Say where it is and what is wrong."))
    sites = check.enterprise.sites
    if found.site_id is not None and not sites.filter(pk=found.site_id).exists():
        raise RefusedError(_("Choose one of the enterprise's sites."))
    if found.stop_ordered and not found.ordered.strip():
        raise RefusedError(_("Say what was ordered to stop, and until when."))
    if found.rectify_by is not None and found.rectify_by < on:
        raise RefusedError(
            _("The day by which it is put right is over already: choose a later one.")
        )


def _show(finding: Finding, photos: Sequence[int], *, on: dt.date) -> None:
    """Show the photos with it, each once."""
    keys = list(dict.fromkeys(photos))
    most = limit("photos_per_hazard", on=on)
    if len(keys) > most:
        raise RefusedError(
            _("A finding shows at most %(number)s photos and documents: choose fewer.")
            % {"number": most}
        )
    own = Attachment.objects.filter(pk__in=keys, enterprise=finding.enterprise)
    if own.count() < len(keys):
        raise RefusedError(_("The file is another enterprise's: choose it again."))
    FindingPhoto.objects.bulk_create(
        FindingPhoto(finding=finding, attachment_id=key, ordinal=ordinal)
        for ordinal, key in enumerate(keys, start=1)
    )


def _tell(
    finding: Finding, clause: Clause | None, *, by: Acting, at: dt.datetime
) -> None:
    """The team and the principal know at once what was found and what to do."""
    check = finding.spot_check
    notices.tell(
        kind="finding_recorded",
        cause=f"finding {finding.pk}",
        recipients=holders(
            roles=EDITOR_ROLES | {Role.PRINCIPAL},
            on=by.on,
            enterprise=finding.enterprise,
        ),
        at=at,
        enterprise=finding.enterprise,
        path=reverse("finding", args=[finding.public_id]),
        parameters={
            "enterprise": finding.enterprise.name,
            "bureau": check.bureau.name,
            "finding": finding.number,
            "check": check.number,
            "place": finding.place,
            "text": finding.description,
            "is_major": finding.is_major,
            "ordered": finding.ordered,
            "stop": finding.stop_ordered,
            "rectify_by": finding.rectify_by.isoformat() if finding.rectify_by else "",
            **_clause_words(clause),
        },
    )


def _clause_words(clause: Clause | None) -> dict[str, Any]:
    if clause is None:
        return {"clause_zh": "", "clause_en": "", "remedy_zh": "", "remedy_en": ""}
    return {
        "clause_zh": f"《{clause.standard.zh}》{clause.number_zh}：{clause.zh}",
        "clause_en": f"{clause.standard.en}, {clause.number}: {clause.en}",
        "remedy_zh": clause.remedy_zh,
        "remedy_en": clause.remedy_en,
    }
