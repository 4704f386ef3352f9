"""The principal's signature: exactly what was shown, sealed and received at once."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Acting, Bureau, Enterprise
from accounts.permissions import RefusedError
from accounts.queries.memberships import receiving_bureau
from accounts.services.credentials import FreshProof
from hazards.models import ReportVersion, Seal, SealKind
from hazards.queries.completeness import blockers, standing_of
from hazards.queries.contents import declaration_of
from hazards.services.moves import moving
from hazards.services.sealing import Act, finish, frozen, receive, use_up
from hazards.services.versions import IncompleteError, locked_open_version
from hazards.workflow import ReportAction


def sign_off(
    *, report_id: int, shown: bytes, proof: FreshProof, by: Acting, at: dt.datetime
) -> Seal:
    """
    Record that the principal stands behind the report: seal the exact bytes shown,
    chain them, receive them for the bureau, give the receipt to signer and team. One
    transaction; the server's time is the filing.

    :param shown: the canonical bytes that the signing page showed
    :param proof: fresh proof of who signs, from the same request
    :raises NotPermittedError: if the person may not sign this report now
    :raises ChangedSinceShownError: if the report is not what was shown
    :raises IncompleteError: if something is missing by now
    :raises RefusedError: if the proof is another's, of another moment, or used up
    """
    with transaction.atomic():
        use_up(proof, by=by, at=at)
        with moving(report_id, ReportAction.SIGN_OFF, by=by, at=at) as report:
            act = Act(
                kind=SealKind.SIGNED,
                declaration=declaration_of(locked_open_version(report), on=by.on),
                bureau=bureau_for(report.enterprise, on=by.on),
                principal=by.membership,
            )
            version, content = frozen(report, act=act, shown=shown, on=by.on)
            refuse_incomplete(version, on=by.on)
            seal = receive(
                report, version, content=content, act=act, proof=proof, by=by, at=at
            )
        # Last, so that nothing slow happens while the enterprise's chain is held.
        finish(seal, by=by, at=at)
    return seal


def bureau_for(enterprise: Enterprise, *, on: dt.date) -> Bureau:
    """
    Return the bureau that receives from the enterprise on the day.

    :raises RefusedError: if none is assigned
    """
    bureau = receiving_bureau(enterprise, on=on)
    if bureau is None:
        raise RefusedError(
            _(
                "No bureau is assigned to receive this report: telephone the "
                "emergency management bureau of your county."
            )
        )
    return bureau


def refuse_incomplete(
    version: ReportVersion, *, on: dt.date, unsigned: bool = False
) -> None:
    """
    Look once more whether all is there; `unsigned` needs no principal.

    :raises IncompleteError: if something is missing by now
    """
    standing = standing_of(version, on=on)
    missing = blockers(version, standing, on=on, unsigned=unsigned)
    if missing:
        raise IncompleteError(missing)
