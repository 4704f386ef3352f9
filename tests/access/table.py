"""
Who gets in where: a row for every address of the portal. Whoever a row does not name
finds nothing there (404); strangers to the portal are sent to sign in.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable

from hazards.models import CheckState, ReportStatus, Scan
from hazards.queries.copies import code_of
from tests.access.world import (
    BUREAU,
    EDITORS,
    ENTERPRISE,
    EVERYBODY,
    OPERATOR,
    SUPERIOR,
    World,
)

METHODS = ("get", "post")

Kwargs = Callable[[World], dict[str, object]]


@dataclasses.dataclass(frozen=True)
class Row:
    """One address, one method."""

    name: str
    method: str = "get"
    enter: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    kwargs: Kwargs = lambda world: {}
    fields: Kwargs = lambda world: {}
    # Tables to which looking adds, as it is itself written down.
    leaves: frozenset[str] = frozenset()
    # What somebody sees who is signed in but holds no role, and who is not signed in.
    unattached: str = "403"
    anonymous: str = "login"


def _report(status: ReportStatus) -> Kwargs:
    return lambda world: {"public_id": world.reports[status].public_id}


_DRAFT = _report(ReportStatus.DRAFT)
_AWAITING = _report(ReportStatus.AWAITING_SIGNATURE)
_RECEIVED = _report(ReportStatus.RECEIVED)
_RETURNED = _report(ReportStatus.RETURNED)


def _lodged(world: World) -> dict[str, object]:
    return {"public_id": world.lodged.public_id}


_PRINCIPAL = frozenset({"principal"})
_REVIEWERS = frozenset({"reviewer", "head"})
_BUREAUS = BUREAU | SUPERIOR | {"other reviewer"}
_SEEN_BY = ENTERPRISE | BUREAU | SUPERIOR


def _as(file_format: str) -> Kwargs:
    return lambda world: {"file_format": file_format}


def _reason(world: World) -> dict[str, object]:
    return {"reason": "请补充检查的范围。"}


HAZARDS = [
    Row("desk", enter=EVERYBODY),
    Row("reports", enter=EVERYBODY),
    Row(
        "report-start",
        "post",
        enter=EDITORS | {"other clerk"},
        refused=EVERYBODY - EDITORS - {"other clerk"},
        fields=lambda world: {"quarter": "2026Q3"},
    ),
    Row("report", enter=ENTERPRISE, kwargs=_DRAFT),
    Row("report", enter=_SEEN_BY, kwargs=_RECEIVED),
    Row("report-edit", enter=EDITORS, refused=ENTERPRISE - EDITORS, kwargs=_DRAFT),
    Row(
        "report-edit",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=_DRAFT,
        fields=lambda world: {"revision": 2, "scope": "全部"},
    ),
    # Who wrote it is led to where the report stands now.
    Row("report-edit", enter=EDITORS, refused=_SEEN_BY - EDITORS, kwargs=_RECEIVED),
    Row("report-edit", "post", refused=_SEEN_BY, kwargs=_RECEIVED),
    Row("report-checklist", enter=EDITORS, refused=ENTERPRISE - EDITORS, kwargs=_DRAFT),
    Row(
        "report-checklist",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=_DRAFT,
        fields=lambda world: {"revision": 1, "answer-order-10-2023-3-1": "fine"},
    ),
    Row(
        "report-checklist",
        enter=EDITORS,
        refused=_SEEN_BY - EDITORS,
        kwargs=_RECEIVED,
    ),
    Row("report-checklist", "post", refused=_SEEN_BY, kwargs=_RECEIVED),
    Row(
        "report-send",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=_DRAFT,
    ),
    Row(
        "report-withdraw",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=_AWAITING,
    ),
    Row(
        "report-sign",
        enter=_PRINCIPAL,
        refused=ENTERPRISE - _PRINCIPAL,
        kwargs=_AWAITING,
    ),
    Row(
        "report-sign",
        "post",
        enter=_PRINCIPAL,
        refused=ENTERPRISE - _PRINCIPAL,
        kwargs=_AWAITING,
        fields=lambda world: {"shown": "e30=", "password": "wrong"},
    ),
    Row(
        "report-return-to-team",
        "post",
        enter=_PRINCIPAL,
        refused=ENTERPRISE - _PRINCIPAL,
        kwargs=_AWAITING,
        fields=_reason,
    ),
    Row(
        "report-lodge",
        enter=frozenset({"leader"}),
        refused=ENTERPRISE - {"leader"},
        kwargs=_AWAITING,
    ),
    Row(
        "report-lodge",
        "post",
        enter=frozenset({"leader"}),
        refused=ENTERPRISE - {"leader"},
        kwargs=_AWAITING,
        fields=_reason,
    ),
    Row(
        "report-sign-later",
        enter=_PRINCIPAL,
        refused=_SEEN_BY - _PRINCIPAL,
        kwargs=_lodged,
    ),
    Row(
        "report-sign-later",
        "post",
        enter=_PRINCIPAL,
        refused=_SEEN_BY - _PRINCIPAL,
        kwargs=_lodged,
        fields=lambda world: {"shown": "e30=", "password": "wrong"},
    ),
    Row("report-done", enter=ENTERPRISE, refused=BUREAU | SUPERIOR, kwargs=_RECEIVED),
    Row("report-done", kwargs=_DRAFT),
    Row(
        "report-version",
        enter=_SEEN_BY,
        kwargs=lambda world: {**_RECEIVED(world), "ordinal": 1},
    ),
    Row(
        "report-version",
        kwargs=lambda world: {**_DRAFT(world), "ordinal": 1},
    ),
    Row(
        "report-begin-correction",
        "post",
        enter=EDITORS,
        refused=_SEEN_BY - EDITORS,
        kwargs=_RETURNED,
    ),
    Row(
        "review-queue",
        enter=BUREAU | SUPERIOR | {"other reviewer"},
        refused=EVERYBODY - BUREAU - SUPERIOR - {"other reviewer"},
    ),
    Row("owed", enter=_BUREAUS, refused=EVERYBODY - _BUREAUS),
    *(
        Row(
            "owed-export",
            enter=_BUREAUS,
            refused=EVERYBODY - _BUREAUS,
            kwargs=_as(file_format),
            leaves=frozenset({"accounts_event"}),
        )
        for file_format in ("csv", "xlsx")
    ),
    Row(
        "report-paper-new",
        enter=_REVIEWERS | SUPERIOR | {"other reviewer"},
        refused=EVERYBODY - _REVIEWERS - SUPERIOR - {"other reviewer"},
    ),
    Row(
        "report-paper-new",
        "post",
        enter=_REVIEWERS,
        # Who sees the enterprise and does not receive from it is told so.
        refused=EVERYBODY - _REVIEWERS - {"other reviewer"},
        fields=lambda world: {"enterprise": str(world.desks.enterprise.public_id)},
    ),
    Row(
        "report-begin-review",
        "post",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_RECEIVED,
    ),
    Row(
        "report-transfer",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_RECEIVED,
    ),
    Row(
        "report-transfer",
        "post",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_RECEIVED,
        fields=lambda world: {
            **_reason(world),
            "q": world.others.bureau.name,
            "bureau": str(world.others.bureau.public_id),
        },
    ),
    Row(
        "report-accept",
        "post",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_RECEIVED,
    ),
    Row(
        "report-return",
        "post",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_RECEIVED,
        fields=_reason,
    ),
]


def _inspection(world: World) -> dict[str, object]:
    return {"public_id": world.inspection.public_id}


_ALL_EDITORS = EDITORS | {"other clerk"}
_ALL_ENTERPRISES = ENTERPRISE | {"other clerk", "other principal"}

INSPECTIONS = [
    Row("inspections", enter=_ALL_ENTERPRISES),
    *(
        Row(
            "inspection-new",
            method,
            enter=_ALL_EDITORS,
            refused=_ALL_ENTERPRISES - _ALL_EDITORS,
        )
        for method in ("get", "post")
    ),
    Row("inspection", enter=ENTERPRISE, kwargs=_inspection),
    *(
        Row(
            "inspection-edit",
            method,
            enter=EDITORS,
            refused=ENTERPRISE - EDITORS,
            kwargs=_inspection,
        )
        for method in ("get", "post")
    ),
    Row("inspection-sign-in", "post", enter=ENTERPRISE, kwargs=_inspection),
    Row(
        "participation-confirm",
        "post",
        enter=_PRINCIPAL,
        refused=ENTERPRISE - _PRINCIPAL,
        kwargs=_inspection,
    ),
]


def _photo(world: World) -> dict[str, object]:
    return {"public_id": world.photo.attachment.public_id}


def _hazard(world: World) -> dict[str, object]:
    return {**_DRAFT(world), "hazard": world.photo.hazard.public_id}


_HAZARD_PAGES = [
    *(
        Row(
            "report-hazard-new",
            method,
            enter=EDITORS,
            refused=ENTERPRISE - EDITORS,
            kwargs=_DRAFT,
        )
        for method in METHODS
    ),
    Row("report-hazard-new", refused=_SEEN_BY, kwargs=_RECEIVED),
    *(
        Row(
            name,
            method,
            enter=EDITORS,
            refused=ENTERPRISE - EDITORS,
            kwargs=_hazard,
        )
        for name, method in (
            ("report-hazard", "get"),
            ("report-hazard", "post"),
            ("report-hazard-plan", "get"),
            ("report-hazard-plan", "post"),
            ("report-hazard-leave-out", "post"),
            # Not registered: refused with what to do.
            ("report-hazard-take-up", "post"),
        )
    ),
    Row(
        "report-hazard-register",
        "post",
        enter=EDITORS | {"member"},
        refused=_PRINCIPAL,
        kwargs=_hazard,
    ),
    # A hazard of another report is not in this one.
    Row(
        "report-hazard",
        refused=ENTERPRISE - EDITORS,
        kwargs=lambda world: {
            **_hazard(world),
            "hazard": world.desks.enterprise.public_id,
        },
    ),
]


ATTACHMENTS = [
    Row(
        "attachment",
        enter=ENTERPRISE,
        kwargs=_photo,
        leaves=frozenset({"accounts_event"}),
    ),
    Row("attachment-preview", enter=ENTERPRISE, kwargs=_photo),
    Row(
        "hazard-photos",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=_hazard,
    ),
    Row(
        "hazard-photo-remove",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=lambda world: {
            **_hazard(world),
            "attachment": world.photo.attachment.public_id,
        },
    ),
]


def _version(status: ReportStatus) -> Kwargs:
    return lambda world: {**_report(status)(world), "ordinal": 1}


def _signature(world: World) -> dict[str, object]:
    return {"receipt": world.seal.receipt_number}


# The first to take a copy has it made and kept.
_TAKEN = frozenset({"accounts_event", "hazards_copyofrecord"})

COPIES = [
    Row(
        "report-copy",
        enter=_SEEN_BY,
        kwargs=_version(ReportStatus.RECEIVED),
        leaves=_TAKEN,
    ),
    Row("report-copy", kwargs=_version(ReportStatus.DRAFT)),
    # Nothing was signed later.
    Row("report-later-copy", kwargs=_version(ReportStatus.RECEIVED)),
    Row("signatures", enter=EVERYBODY, unattached="in"),
    Row(
        "signature-copy",
        enter=_PRINCIPAL,
        kwargs=_signature,
        unattached="404",
        leaves=_TAKEN,
    ),
    *(
        Row(
            "signature-repudiate",
            method,
            enter=_PRINCIPAL,
            kwargs=_signature,
            fields=_reason,
            unattached="404",
        )
        for method in METHODS
    ),
    Row("verify", enter=EVERYBODY, unattached="in", anonymous="in"),
    Row(
        "verify-code",
        enter=EVERYBODY,
        kwargs=lambda world: {"code": code_of(world.seal)},
        unattached="in",
        anonymous="in",
    ),
    Row(
        "verify-code",
        kwargs=lambda world: {"code": "HZ-20200101-00000000-000000000000"},
        unattached="404",
        anonymous="404",
    ),
]

_ALL_BUREAUS = BUREAU | SUPERIOR | {"other reviewer"}


def _policy(world: World) -> dict[str, object]:
    return {"name": "filing_due_day"}


POLICIES = [
    Row("policies", enter=_ALL_BUREAUS),
    Row("policy", enter=_ALL_BUREAUS, kwargs=_policy),
    Row(
        "policy",
        "post",
        enter=frozenset({"head"}),
        refused=_ALL_BUREAUS - {"head"},
        kwargs=_policy,
    ),
    Row("bureau-days", enter=_ALL_BUREAUS),
    Row(
        "bureau-days",
        "post",
        enter=frozenset({"head"}),
        refused=_ALL_BUREAUS - {"head"},
    ),
]

STANDARDS = [
    Row("standards", enter=EVERYBODY),
    Row(
        "standard-clause",
        enter=EVERYBODY,
        kwargs=lambda world: {"slug": "order-10-2023-3-1"},
    ),
    Row("standard-clause", kwargs=lambda world: {"slug": "order-10-2023-99"}),
]

_SEES_PEOPLE = frozenset({"principal", "leader", "head", "operator", "other principal"})
_SUPERVISORS = frozenset({"reviewer", "head"})


def _enterprise(world: World) -> dict[str, object]:
    return {"public_id": world.desks.enterprise.public_id}


def _invitation(world: World) -> dict[str, object]:
    return {"public_id": world.invitation.invitation.public_id}


def _member(world: World) -> dict[str, object]:
    return {"public_id": world.desks.member.membership.public_id}


def _change(world: World) -> dict[str, object]:
    return {"public_id": world.change.public_id}


def _upload(world: World) -> dict[str, object]:
    return {"public_id": world.upload.public_id}


def _notice(world: World) -> dict[str, object]:
    return {"public_id": world.notice.public_id}


ACCOUNTS = [
    Row(
        "switch-membership",
        "post",
        enter=frozenset({"clerk"}),
        fields=lambda world: {"membership": world.desks.clerk.membership.public_id},
    ),
    *(Row("profile", method, EVERYBODY, unattached="in") for method in METHODS),
    *(Row("address-new", method, EVERYBODY, unattached="in") for method in METHODS),
    *(
        Row(
            name,
            "post",
            enter=frozenset({"clerk"}),
            kwargs=lambda world: {"public_id": world.address.public_id},
            unattached="404",
        )
        for name in ("address-test", "address-end")
    ),
    Row("mute", "post", EVERYBODY, unattached="in"),
    Row("notices", enter=EVERYBODY, unattached="in"),
    Row("notices-read", "post", EVERYBODY, unattached="in"),
    Row(
        "notice",
        enter=frozenset({"clerk"}),
        kwargs=_notice,
        unattached="404",
    ),
    Row("people", enter=_SEES_PEOPLE, refused=EVERYBODY - _SEES_PEOPLE),
    *(
        Row("invite", method, _SEES_PEOPLE, EVERYBODY - _SEES_PEOPLE)
        for method in METHODS
    ),
    *(
        Row(
            name,
            "post",
            enter=frozenset({"principal", "leader"}),
            refused=_SEEN_BY - {"principal", "leader"},
            kwargs=_invitation,
        )
        for name in ("invitation-repeat", "invitation-withdraw")
    ),
    *(
        Row(
            "membership-end",
            method,
            enter=frozenset({"principal", "leader"}),
            refused=_SEEN_BY - {"principal", "leader"},
            kwargs=_member,
        )
        for method in METHODS
    ),
    *(
        Row(
            "recovery-issue",
            method,
            enter=_SUPERVISORS,
            refused=_SEEN_BY - _SUPERVISORS,
            kwargs=_member,
        )
        for method in METHODS
    ),
    *(
        Row(
            "principal-change",
            method,
            enter=frozenset({"principal", "leader", "other principal"}),
            refused=EVERYBODY - {"principal", "leader", "other principal"},
        )
        for method in METHODS
    ),
    Row(
        "principal-change-withdraw",
        "post",
        enter=frozenset({"principal", "leader"}),
        refused=_SEEN_BY - {"principal", "leader"},
        kwargs=_change,
    ),
    Row(
        "principal-change-acknowledge",
        "post",
        enter=_SUPERVISORS,
        refused=_SEEN_BY - _SUPERVISORS,
        kwargs=_change,
    ),
    Row(
        "principal-change-refuse",
        "post",
        enter=_SUPERVISORS,
        refused=_SEEN_BY - _SUPERVISORS,
        kwargs=_change,
    ),
    Row("enterprises", enter=_ALL_BUREAUS, refused=EVERYBODY - _ALL_BUREAUS),
    Row("enterprise", enter=_SEEN_BY, kwargs=_enterprise),
    *(
        Row(
            "site-new",
            method,
            enter=EDITORS | {"principal"} | _SUPERVISORS,
            refused=_SEEN_BY - EDITORS - {"principal"} - _SUPERVISORS,
            kwargs=_enterprise,
        )
        for method in METHODS
    ),
    *(
        Row(
            "enterprise-hand-over",
            method,
            enter=_SUPERVISORS,
            refused=_SEEN_BY - _SUPERVISORS,
            kwargs=_enterprise,
        )
        for method in METHODS
    ),
    Row(
        "enterprise-invite-principal",
        "post",
        refused=_SEEN_BY,
        kwargs=_enterprise,
    ),
    *(
        Row(
            name,
            method,
            enter=_SUPERVISORS | {"superior", "other reviewer"},
            refused=EVERYBODY - _SUPERVISORS - {"superior", "other reviewer"},
        )
        for name, method in (
            ("enterprise-import", "get"),
            ("enterprise-import", "post"),
            ("import-template", "get"),
        )
    ),
    *(
        Row(
            "enterprise-import-preview",
            method,
            enter=_SUPERVISORS,
            refused=BUREAU - _SUPERVISORS,
            kwargs=_upload,
        )
        for method in METHODS
    ),
    Row(
        "enterprise-import-invite",
        "post",
        enter=_SUPERVISORS,
        refused=BUREAU - _SUPERVISORS,
        kwargs=_upload,
    ),
    Row("bureaus", enter=OPERATOR, refused=EVERYBODY - OPERATOR),
    *(
        Row("bureau-create", method, OPERATOR, EVERYBODY - OPERATOR)
        for method in METHODS
    ),
    *(
        Row(
            name,
            method,
            EVERYBODY,
            kwargs=lambda world: {"token": "no-such-token"},
            unattached="in",
            anonymous="in",
        )
        for name in ("accept-invitation", "recover")
        for method in METHODS
    ),
    Row(
        "accept-invitation",
        enter=EVERYBODY,
        kwargs=lambda world: {"token": world.invitation.token},
        unattached="in",
        anonymous="in",
    ),
]

PORTAL = [
    Row("front", enter=EVERYBODY, unattached="in", anonymous="in"),
    Row("offline-worker", enter=EVERYBODY, unattached="in", anonymous="in"),
    Row("set_language", "post", EVERYBODY, unattached="in", anonymous="in"),
]

# allauth's pages, of which each shows a person's own account only. Closed sign-up and
# the pages behind a mailed link answer everybody alike.
_OPEN = (
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
)
_OWN = (
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_logout",
    "mfa_authenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
)

ALLAUTH = [
    *(Row(n, "get", EVERYBODY, unattached="in", anonymous="in") for n in _OPEN),
    *(Row(n, "get", EVERYBODY, unattached="in") for n in _OWN),
    Row(
        "account_reset_password_from_key",
        enter=EVERYBODY,
        kwargs=lambda world: {"uidb36": "1", "key": "no-such-key"},
        unattached="in",
        anonymous="in",
    ),
    # Leads to the profile page, which asks who one is.
    Row("account_email", enter=EVERYBODY, unattached="in", anonymous="in"),
    Row("mfa_reauthenticate_webauthn", enter=EVERYBODY, unattached="in"),
    # Sent to prove themselves anew before anything is looked up.
    *(
        Row(name, "get", EVERYBODY, kwargs=lambda world: {"pk": 1}, unattached="in")
        for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")
    ),
    # Nobody here has a second factor yet.
    *(
        Row(name, unattached="404")
        for name in (
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_download_recovery_codes",
        )
    ),
]


def _parked(world: World) -> dict[str, object]:
    at = dt.datetime(2026, 7, 16, tzinfo=dt.UTC)
    run = Scan.objects.create(at=at, started_at=at, finished_at=at, parked=1)
    return {"run": run.pk, "decision": "drop"}


CLOCK = [
    Row("clock", enter=OPERATOR, refused=EVERYBODY - OPERATOR),
    Row("clock-parked", "post", OPERATOR, EVERYBODY - OPERATOR, fields=_parked),
]


def _stop(world: World) -> dict[str, object]:
    return {"public_id": world.stop.public_id}


def _ended_stop(world: World) -> dict[str, object]:
    return {"public_id": world.ended_stop.public_id}


def _duty(world: World) -> dict[str, object]:
    return {"public_id": world.duty.public_id}


def _of_desks(world: World) -> dict[str, object]:
    return {"public_id": world.desks.enterprise.public_id}


_HAVE_STOPS = EVERYBODY - OPERATOR
_DECLARE = EDITORS | {"other clerk"}

DUTIES = [
    Row("obligation", enter=_SEEN_BY, kwargs=_duty),
    *(
        Row(
            "obligation-waive",
            method,
            enter=_REVIEWERS,
            refused=_SEEN_BY - _REVIEWERS,
            kwargs=_duty,
            fields=_reason,
        )
        for method in METHODS
    ),
    Row(
        "flag",
        enter=_SEEN_BY,
        kwargs=lambda world: {"public_id": world.flag.public_id},
    ),
    Row("enterprise-flags", enter=_SEEN_BY, kwargs=_of_desks),
    Row(
        "enterprise-founding",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_of_desks,
    ),
    Row(
        "enterprise-founding",
        "post",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_of_desks,
        fields=lambda world: {**_reason(world), "established_on": "2025-04-02"},
    ),
    Row("suspensions", enter=_HAVE_STOPS, refused=OPERATOR),
    *(
        Row(
            "suspension-declare",
            method,
            enter=_DECLARE,
            refused=EVERYBODY - _DECLARE,
            fields=lambda world: {**_reason(world), "from_on": "2026-07-01"},
        )
        for method in METHODS
    ),
    Row("suspension", enter=_SEEN_BY, kwargs=_stop),
    Row(
        "suspension-resume",
        "post",
        enter=EDITORS,
        refused=_SEEN_BY - EDITORS,
        kwargs=_stop,
        fields=lambda world: {"to_on": "2026-07-07"},
    ),
    Row(
        "suspension-end",
        "post",
        enter=EDITORS,
        refused=_SEEN_BY - EDITORS,
        kwargs=_ended_stop,
        fields=lambda world: {
            **_reason(world),
            "to_on": world.ended_stop.from_on.isoformat(),
        },
    ),
    Row(
        "suspension-answer",
        "post",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_stop,
        fields=lambda world: {**_reason(world), "answer": "confirm"},
    ),
    Row(
        "attachment",
        enter=_SEEN_BY,
        kwargs=lambda world: {"public_id": world.stop.evidence.public_id},
        leaves=frozenset({"accounts_event"}),
    ),
]


def _act(hazard: str, kind: str) -> Kwargs:
    return lambda world: {"public_id": getattr(world, hazard).public_id, "kind": kind}


_TEAM = EDITORS | {"member"}


def _urgent(world: World) -> dict[str, object]:
    return {"public_id": world.urgent.public_id}


def _urgent_hazard(world: World) -> dict[str, object]:
    hazard = world.urgent.hazard
    assert hazard is not None
    return {**_urgent(world), "hazard": hazard.public_id}


# What is filed about one hazard.
AT_ONCE = [
    *(
        Row(
            "hazard-report-new",
            method,
            enter=EDITORS | {"other clerk"},
            refused=EVERYBODY - EDITORS - {"other clerk"},
        )
        for method in METHODS
    ),
    *(
        Row(name, method, enter=EDITORS, refused=ENTERPRISE - EDITORS, kwargs=_urgent)
        for name in ("hazard-report-edit", "hazard-report-check")
        for method in METHODS
    ),
    Row(
        "report-hazard-take-over",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=_urgent_hazard,
    ),
    *(
        Row(
            name,
            "post",
            enter=EDITORS,
            refused=_SEEN_BY - EDITORS,
            kwargs=lambda world: {"public_id": world.planned.public_id},
        )
        for name in ("hazard-report-at-once", "hazard-plan")
    ),
]

# What is done about a major hazard, one row a kind of act and method.
LIVES = [
    Row("recheck-candidates", enter=_BUREAUS, refused=EVERYBODY - _BUREAUS),
    Row("protection", enter=EVERYBODY - OPERATOR, refused=OPERATOR),
    Row("what-if", enter=EVERYBODY - OPERATOR, refused=OPERATOR),
    Row("hazards", enter=EVERYBODY - OPERATOR, refused=OPERATOR),
    *(
        Row(
            "hazards-export",
            enter=_BUREAUS,
            refused=EVERYBODY - _BUREAUS,
            kwargs=_as(file_format),
            leaves=frozenset({"accounts_event"}),
        )
        for file_format in ("csv", "xlsx")
    ),
    Row(
        "hazard",
        enter=_SEEN_BY,
        kwargs=lambda world: {"public_id": world.planned.public_id},
    ),
    *(
        Row(
            "hazard-act",
            method,
            enter=enter,
            refused=_SEEN_BY - enter,
            kwargs=_act(hazard, kind),
            fields=_reason,
        )
        for hazard, kind, enter in (
            ("planned", "progress", _TEAM),
            ("planned", "tell", _TEAM),
            ("planned", "ask-extension", EDITORS),
            ("planned", "record-acceptance", EDITORS),
            ("waiting", "answer-extension", _PRINCIPAL),
            ("waiting", "confirm-acceptance", _PRINCIPAL),
            ("waiting", "return-acceptance", _PRINCIPAL),
            ("accepted", "apply-for-recheck", EDITORS),
            ("accepted", "close", _PRINCIPAL | {"leader"}),
            ("planned", "order", _REVIEWERS),
            ("planned", "list", _REVIEWERS | SUPERIOR),
            ("planned", "void", _REVIEWERS),
            ("planned", "hand-over", _REVIEWERS),
            ("planned", "downgrade", EDITORS | _REVIEWERS),
            # Not as it now stands: no order, no listing, nothing accepted.
            ("planned", "lift-order", frozenset[str]()),
            ("planned", "delist", frozenset[str]()),
            ("planned", "order-recheck", frozenset[str]()),
            ("planned", "pass-recheck", frozenset[str]()),
            ("planned", "fail-recheck", frozenset[str]()),
            ("planned", "grade-major", frozenset[str]()),
        )
        for method in METHODS
    ),
]

_KEEPERS = ENTERPRISE | {"other clerk", "other principal"}


def _general(world: World) -> dict[str, object]:
    return {"public_id": world.general.public_id}


GENERAL = [
    Row("general-hazards", enter=_KEEPERS, refused=EVERYBODY - _KEEPERS),
    *(
        Row(
            "general-hazard-new",
            method,
            enter=_TEAM | {"other clerk"},
            refused=EVERYBODY - _TEAM - {"other clerk"},
        )
        for method in METHODS
    ),
    Row("general-hazard", enter=ENTERPRISE, kwargs=_general),
    Row(
        "general-hazard-rectify",
        "post",
        enter=_TEAM,
        refused=_PRINCIPAL,
        kwargs=_general,
    ),
    Row(
        "general-hazard-strike-out",
        "post",
        enter=EDITORS,
        refused=ENTERPRISE - EDITORS,
        kwargs=_general,
        fields=_reason,
    ),
    *(
        Row(
            "general-hazard-grade-up",
            method,
            enter=EDITORS,
            refused=ENTERPRISE - EDITORS,
            kwargs=_general,
        )
        for method in METHODS
    ),
    Row("statistics", enter=_KEEPERS, refused=EVERYBODY - _KEEPERS),
    Row(
        "statistics-file",
        enter=_KEEPERS,
        refused=EVERYBODY - _KEEPERS,
        kwargs=lambda world: {"quarter": "2026Q2", "file_format": "xlsx"},
    ),
    Row(
        "report-statistics",
        enter=_SEEN_BY,
        kwargs=lambda world: {
            **_RECEIVED(world),
            "ordinal": 1,
            "file_format": "xlsx",
        },
    ),
]


def _check(state: CheckState) -> Kwargs:
    return lambda world: {"public_id": world.checks[state].public_id}


def _check_act(state: CheckState, action: str) -> Kwargs:
    return lambda world: {**_check(state)(world), "action": action}


def _enterprise_to_plan(world: World) -> dict[str, object]:
    return {"enterprise": str(world.desks.enterprise.public_id)}


_HEAD = frozenset({"head"})
_INSPECTOR = frozenset({"inspector"})

CHECKS = [
    Row("checks", enter=EVERYBODY - OPERATOR, refused=OPERATOR),
    *(
        Row(
            "check-new",
            method,
            enter=_INSPECTOR,
            refused=EVERYBODY - _INSPECTOR,
            fields=_enterprise_to_plan,
        )
        for method in METHODS
    ),
    # The enterprise knows of it once it is told or the officers stand at its door.
    Row("check", enter=BUREAU | SUPERIOR, kwargs=_check(CheckState.APPROVED)),
    Row("check", enter=_SEEN_BY, kwargs=_check(CheckState.STARTED)),
    *(
        Row(
            "check-act",
            method,
            enter=enter,
            refused=(BUREAU | SUPERIOR) - enter,
            kwargs=_check_act(state, action),
            fields=_reason,
        )
        for state, action, enter in (
            (CheckState.PLANNED, "approve", _HEAD),
            (CheckState.PLANNED, "refuse", _HEAD),
            (CheckState.PLANNED, "withdraw", _HEAD | _INSPECTOR),
            (CheckState.APPROVED, "announce", _INSPECTOR),
            (CheckState.APPROVED, "start", _INSPECTOR),
            # Not as it now stands.
            (CheckState.APPROVED, "end", frozenset[str]()),
        )
        for method in METHODS
    ),
    *(
        Row(
            "check-act",
            method,
            enter=enter,
            refused=_SEEN_BY - enter,
            kwargs=_check_act(CheckState.STARTED, action),
            fields=_reason,
        )
        for action, enter in (
            ("end", _INSPECTOR),
            ("correct", _INSPECTOR),
            ("file-opinion", _INSPECTOR),
            ("answer-correction", _HEAD),
        )
        for method in METHODS
    ),
    Row("enterprise-code", enter=_SEEN_BY, kwargs=_enterprise),
    Row(
        "enterprise-scan",
        enter=BUREAU | SUPERIOR,
        refused=ENTERPRISE,
        kwargs=_enterprise,
    ),
]


def _finding(world: World) -> dict[str, object]:
    return {"public_id": world.finding.public_id}


def _check_of_finding(world: World) -> dict[str, object]:
    return {"public_id": world.finding.spot_check.public_id}


# What spot checks found.
FINDINGS = [
    Row("findings", enter=EVERYBODY - OPERATOR, refused=OPERATOR),
    Row("finding", enter=_SEEN_BY, kwargs=_finding),
    *(
        Row(name, method, enter=enter, refused=_SEEN_BY - enter, kwargs=kwargs)
        for name, enter, kwargs in (
            ("finding-new", _INSPECTOR, _check_of_finding),
            ("finding-assess", _INSPECTOR, _finding),
            ("finding-match", _INSPECTOR, _finding),
            ("finding-second", _REVIEWERS | {"inspector", "deciding"}, _finding),
        )
        for method in METHODS
    ),
]


def _decided(world: World) -> dict[str, object]:
    return {"public_id": world.decided.finding.public_id}


def _decided_for(world: World) -> dict[str, object]:
    return {**_decided(world), "respondent": "enterprise"}


def _objection(world: World) -> dict[str, object]:
    return {"public_id": world.objection.public_id}


# What becomes of a finding: proposed, decided, objected to, answered.
_DETERMINE = _REVIEWERS | {"inspector", "deciding"}
_OBJECT = EDITORS | _PRINCIPAL
CASES = [
    Row(
        "finding-determine",
        "post",
        enter=_DETERMINE,
        refused=_SEEN_BY - _DETERMINE,
        kwargs=_finding,
    ),
    *(
        Row(name, method, enter=enter, refused=_SEEN_BY - enter, kwargs=kwargs)
        for name, enter, kwargs in (
            ("finding-decide", frozenset({"deciding"}), _decided_for),
            ("finding-object", _OBJECT, _decided),
            ("finding-answer-objection", frozenset({"deciding", "head"}), _objection),
        )
        for method in METHODS
    ),
    Row("finding-opinion", enter=_SEEN_BY, kwargs=_decided),
    Row(
        "determination-pdf",
        enter=_SEEN_BY,
        kwargs=lambda world: {"public_id": world.decided.public_id},
    ),
]

ROWS = [
    *PORTAL,
    *ACCOUNTS,
    *ALLAUTH,
    *HAZARDS,
    *ATTACHMENTS,
    *_HAZARD_PAGES,
    *COPIES,
    *INSPECTIONS,
    *POLICIES,
    *STANDARDS,
    *CLOCK,
    *DUTIES,
    *LIVES,
    *AT_ONCE,
    *GENERAL,
    *CHECKS,
    *FINDINGS,
    *CASES,
]
