"""
Who gets in where: a row for every address of the portal. Whoever a row does not name
finds nothing there (404); strangers to the portal are sent to sign in.
"""

import dataclasses
from collections.abc import Callable

from hazards.models import ReportStatus
from tests.access.world import (
    BUREAU,
    EDITORS,
    ENTERPRISE,
    EVERYBODY,
    SUPERIOR,
    World,
)

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
    # What somebody sees who is signed in but holds no role, and who is not signed in.
    unattached: str = "403"
    anonymous: str = "login"


def _report(status: ReportStatus) -> Kwargs:
    return lambda world: {"public_id": world.reports[status].public_id}


_DRAFT = _report(ReportStatus.DRAFT)
_AWAITING = _report(ReportStatus.AWAITING_SIGNATURE)
_RECEIVED = _report(ReportStatus.RECEIVED)
_RETURNED = _report(ReportStatus.RETURNED)
_PRINCIPAL = frozenset({"principal"})
_REVIEWERS = frozenset({"reviewer", "head"})
_SEEN_BY = ENTERPRISE | BUREAU | SUPERIOR


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
    Row("report-edit", refused=_SEEN_BY, kwargs=_RECEIVED),
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
    Row(
        "report-begin-review",
        "post",
        enter=_REVIEWERS,
        refused=_SEEN_BY - _REVIEWERS,
        kwargs=_RECEIVED,
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

ROWS = [*HAZARDS, *INSPECTIONS, *POLICIES]
