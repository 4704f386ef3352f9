"""
Major hazards as facts for the rules: each as its reports, plans and acts had brought it
by an instant. For many enterprises at once, in a constant number of queries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.models import Bureau, Event
from hazards.models import (
    PLAN_FIELDS,
    HazardAct,
    HazardActKind,
    HazardExtension,
    HazardState,
    HazardStatement,
    MajorHazard,
    ReportKind,
    ReportTransfer,
)
from hazards.queries.filed_facts import Receipt
from hazards.rules.facts import PLAN_ELEMENTS, ExtensionFacts, HazardFacts
from hazards.rules.lives import plan_is_complete
from hazards.workflow import ReportAction

_ACCEPTED = (
    HazardState.ACCEPTED,
    HazardState.AWAITING_RECHECK,
    HazardState.CLOSED,
)
_ANSWERS = {
    ReportAction.ACCEPT.value: "accepted",
    ReportAction.RETURN_FOR_CORRECTION.value: "returned",
}


class _Statement(NamedTuple):
    """What a received version says of a hazard."""

    receipt: Receipt
    interim_measures: str
    due_on: dt.date | None
    plan: tuple[str, ...]


class _Act(NamedTuple):
    kind: str
    at: dt.datetime
    to_state: str
    is_major: bool | None


@dataclass
class _Matter:
    """What is on record of one hazard."""

    statements: list[_Statement] = field(default_factory=list)
    acts: list[_Act] = field(default_factory=list)
    extensions: list[ExtensionFacts] = field(default_factory=list)


class _Row(NamedTuple):
    pk: int
    owner: int
    number: str
    found_at: dt.datetime
    registered_at: dt.datetime
    reported_at: dt.datetime | None


class HazardRecord:
    """
    The hazards of some enterprises as they stood; 6 queries. What a hazard was struck
    out by counts from its own time; what was handed over stays.
    """

    def __init__(
        self,
        receipts: Mapping[int, Sequence[Receipt]],
        enterprises: Collection[int],
        *,
        stood_at: dt.datetime,
        at: dt.datetime,
    ) -> None:
        """
        Read them.

        :param stood_at: answers, acts and signatures count if they came before
        :param at: nothing later is read
        """
        self._stood_at, self._at = stood_at, at
        self._rows = list(_rows(enterprises, at))
        self._matters: dict[int, _Matter] = defaultdict(_Matter)
        self._versions = {r.version: r for of in receipts.values() for r in of}
        if not self._rows:
            self._standing: dict[int, str] = {}
            self._holders: dict[int, list[int]] = {}
            return
        self._read(enterprises)

    def _read(self, enterprises: Collection[int]) -> None:
        hazards = [row.pk for row in self._rows]
        for hazard, stated in _statements(hazards, self._versions):
            self._matters[hazard].statements.append(stated)
        for hazard, act in _acts(hazards, self._at):
            self._matters[hazard].acts.append(act)
        for hazard, extension in _extensions(hazards, self._stood_at, self._at):
            self._matters[hazard].extensions.append(extension)
        reports = {
            stated.receipt.report
            for matter in self._matters.values()
            for stated in matter.statements
        }
        self._standing = _answers(reports, self._versions.values(), self._stood_at)
        self._holders = _transfers(reports, self._stood_at)

    def bureaus(self) -> set[int]:
        """Every bureau that received or was handed a report."""
        received = {r.bureau for r in self._versions.values()}
        return received | {one for held in self._holders.values() for one in held}

    def facts(
        self, responsible: Mapping[int, int | None], names: Mapping[int, str]
    ) -> dict[int, tuple[HazardFacts, ...]]:
        """
        The hazards of each enterprise.

        :param responsible: the bureau of each enterprise
        :param names: what each bureau is called in the facts
        """
        found: dict[int, list[HazardFacts]] = defaultdict(list)
        for row in self._rows:
            matter = self._matters[row.pk]
            if not self._is_struck_out(matter):
                bureau = responsible.get(row.owner)
                found[row.owner].append(self._facts(row, matter, bureau, names))
        return {owner: tuple(hazards) for owner, hazards in found.items()}

    def _is_struck_out(self, matter: _Matter) -> bool:
        return any(
            act.kind == HazardActKind.VOID and act.at < self._stood_at
            for act in matter.acts
        )

    def _facts(
        self,
        row: _Row,
        matter: _Matter,
        responsible: int | None,
        names: Mapping[int, str],
    ) -> HazardFacts:
        reports = _reports(matter.statements)
        bureau = self._reported_to(reports, responsible)
        planned = _first_plan(matter.statements)
        accepted_at, closed_at = self._ends(matter.acts)
        return HazardFacts(
            id=row.number,
            found_at=row.found_at,
            registered_at=row.registered_at,
            graded="major" if self._is_major(matter.acts) else "general",
            reported_at=row.reported_at,
            reported_to=None if bureau is None else names[bureau],
            report_state=self._report_state(reports),
            signed_by=self._signed_by(reports),
            plan=self._plan(matter.statements, planned),
            planned_at=planned.receipt.received_at if planned else None,
            interim_measures=any(
                s.interim_measures.strip() for s in self._seen(matter)
            ),
            due_on=planned.due_on if planned else None,
            extensions=tuple(matter.extensions),
            progress=tuple(
                act.at for act in matter.acts if act.kind == HazardActKind.PROGRESS
            ),
            accepted_at=accepted_at,
            closed_at=closed_at,
        )

    def _seen(self, matter: _Matter) -> Iterator[_Statement]:
        for stated in matter.statements:
            if stated.receipt.received_at < self._stood_at:
                yield stated

    def _plan(
        self, statements: Sequence[_Statement], planned: _Statement | None
    ) -> tuple[str, ...]:
        """Of the first complete plan; else as far as the latest version says."""
        if planned is None and not statements:
            return ()
        stated = planned or statements[-1]
        return tuple(
            element
            for element, text in zip(PLAN_ELEMENTS, stated.plan, strict=True)
            if text.strip()
        )

    def _is_major(self, acts: Sequence[_Act]) -> bool:
        """The grade that the last act of grading before the instant gave."""
        grades = [
            act.is_major
            for act in acts
            if act.is_major is not None and act.at < self._stood_at
        ]
        return grades[-1] if grades else True

    def _ends(
        self, acts: Sequence[_Act]
    ) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Since when it stood as accepted and closed; a failed re-check undoes both."""
        accepted_at = closed_at = None
        for act in acts:
            if act.at >= self._stood_at:
                continue
            if act.to_state not in _ACCEPTED:
                accepted_at = closed_at = None
                continue
            accepted_at = accepted_at or act.at
            if act.to_state == HazardState.CLOSED:
                closed_at = closed_at or act.at
        return accepted_at, closed_at

    def _report_state(self, reports: Sequence[_Statement]) -> str:
        """The best that stood of all reports of it: received, then not given back."""
        standing = {
            self._standing.get(stated.receipt.report, "received")
            for stated in reports
            if stated.receipt.received_at < self._stood_at
        }
        best = ("accepted", "received", "returned")
        return next((state for state in best if state in standing), "received")

    def _signed_by(self, reports: Sequence[_Statement]) -> str | None:
        signers = (
            stated.receipt.signed_by
            for stated in reports
            if stated.receipt.received_at < self._stood_at
        )
        return next((signer for signer in signers if signer), None)

    def _reported_to(
        self, reports: Sequence[_Statement], responsible: int | None
    ) -> int | None:
        """
        The responsible bureau, if one of the reports reached it by then, directly or
        handed on; else the one that received first.
        """
        if not reports:
            return None
        reached = {
            bureau
            for stated in reports
            if stated.receipt.received_at < self._stood_at
            for bureau in (
                stated.receipt.bureau,
                *self._holders.get(stated.receipt.report, ()),
            )
        }
        return responsible if responsible in reached else reports[0].receipt.bureau


def _rows(enterprises: Collection[int], at: dt.datetime) -> Iterator[_Row]:
    """
    Those on record by then. Of paper the receipt is the officer's word, and comes
    before the portal knew the hazard: then it was on record from the receipt.
    """
    rows = (
        MajorHazard.objects.filter(
            enterprise__in=enterprises, registered_at__isnull=False
        )
        .order_by("id")
        .values_list(
            "id",
            "enterprise_id",
            "number",
            "found_at",
            "registered_at",
            "first_reported_at",
        )
    )
    for pk, owner, number, found_at, put_on_record_at, received_at in rows:
        assert put_on_record_at is not None  # noqa: S101 (the query asks so)
        # Never before it was found, whatever the paper says.
        reported_at = max(received_at, found_at) if received_at else None
        registered_at = min(put_on_record_at, reported_at or put_on_record_at)
        if registered_at <= at:
            known = reported_at if reported_at and reported_at <= at else None
            yield _Row(pk, owner, number, found_at, registered_at, known)


def _statements(
    hazards: Collection[int], versions: Mapping[int, Receipt]
) -> Iterator[tuple[int, _Statement]]:
    """What was received of each hazard, in the order of receipt."""
    rows = HazardStatement.objects.filter(
        hazard__in=hazards, version__sealed_at__isnull=False
    ).values_list("hazard_id", "version_id", "interim_measures", "due_on", *PLAN_FIELDS)
    received = [
        (hazard, _Statement(versions[version], interim, due_on, tuple(plan)))
        for hazard, version, interim, due_on, *plan in rows
        if version in versions
    ]
    received.sort(key=lambda one: (one[1].receipt.received_at, one[1].receipt.version))
    yield from received


def _acts(hazards: Collection[int], at: dt.datetime) -> Iterator[tuple[int, _Act]]:
    rows = (
        HazardAct.objects.filter(hazard__in=hazards, at__lte=at)
        .order_by("id")
        .values_list("hazard_id", "kind", "at", "to_state", "grading__is_major")
    )
    for hazard, kind, done_at, to_state, is_major in rows:
        yield hazard, _Act(kind, done_at, to_state, is_major)


def _extensions(
    hazards: Collection[int], stood_at: dt.datetime, at: dt.datetime
) -> Iterator[tuple[int, ExtensionFacts]]:
    """Requests in their order; refused later, one was undecided then."""
    rows = (
        HazardExtension.objects.filter(asked__hazard__in=hazards, asked__at__lte=at)
        .order_by("asked_id")
        .values_list(
            "asked__hazard_id", "asked__at", "to_on", "approved", "answered__at"
        )
    )
    for hazard, asked_at, to_on, approved, answered_at in rows:
        answered = answered_at is not None and answered_at <= at
        yield (
            hazard,
            ExtensionFacts(
                asked_at=asked_at,
                due_on=to_on,
                approved_at=answered_at if answered and approved else None,
                refused=bool(
                    answered_at and answered_at < stood_at and approved is False
                ),
            ),
        )


def _answers(
    reports: Collection[int], receipts: Collection[Receipt], stood_at: dt.datetime
) -> dict[int, str]:
    """How each report stood: a new receipt after an answer opens it again."""
    latest: dict[int, dt.datetime] = {}
    for receipt in receipts:
        if receipt.received_at < stood_at:
            known = latest.get(receipt.report, receipt.received_at)
            latest[receipt.report] = max(known, receipt.received_at)
    answered = {
        report: (answered_at, action)
        for report, answered_at, action in Event.objects.filter(
            subject_kind="selfinspectionreport",
            subject_id__in=reports,
            action__in=_ANSWERS,
            at__lt=stood_at,
        )
        .order_by("at", "id")
        .values_list("subject_id", "at", "action")
    }
    return {
        report: _ANSWERS[action]
        for report, (answered_at, action) in answered.items()
        if report in latest and answered_at >= latest[report]
    }


def _transfers(reports: Collection[int], stood_at: dt.datetime) -> dict[int, list[int]]:
    held: dict[int, list[int]] = defaultdict(list)
    rows = (
        ReportTransfer.objects.filter(report__in=reports, at__lt=stood_at)
        .order_by("id")
        .values_list("report_id", "to_bureau_id")
    )
    for report, bureau in rows:
        held[report].append(bureau)
    return held


def _reports(statements: Sequence[_Statement]) -> list[_Statement]:
    """
    What reported it: the first that was received of it, and any later report of the
    hazard or of a quarter that names it. A plan is the answer to a report.
    """
    return [
        stated
        for place, stated in enumerate(statements)
        if place == 0 or stated.receipt.kind != ReportKind.PLAN
    ]


def _first_plan(statements: Sequence[_Statement]) -> _Statement | None:
    return next((s for s in statements if plan_is_complete(s.plan, s.due_on)), None)


def bureau_names(bureaus: Collection[int]) -> dict[int, str]:
    """What bureaus are called in facts; 1 query."""
    return dict(Bureau.objects.filter(pk__in=bureaus).values_list("pk", "name"))
