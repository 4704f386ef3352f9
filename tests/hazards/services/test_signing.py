"""The principal signs exactly what was shown (promises S3, R13)."""

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection

from accounts.models import Event, Role, SupervisionAssignment
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import ChainEntry, ReportStatus, Seal, SelfInspectionReport
from hazards.queries import verification
from hazards.queries.envelopes import envelope
from hazards.rules import seals
from hazards.rules.deadlines import SHANGHAI
from hazards.rules.quarters import Quarter
from hazards.rules.statements import NOTHING_FOUND, statement
from hazards.services import inspections, reports, sealing, signing, versions
from tests.database.stages import stage
from tests.factories import NOW, make_acting
from tests.factories_reports import (
    QUARTER,
    Desks,
    make_desks,
    make_draft,
    make_report,
    make_visit,
    open_version,
    proof_of,
    save,
    shown_to,
    sign,
)
from tests.hazards.services.traces import last_event, people, told, written


@stage
def waiting(desks: Desks) -> SelfInspectionReport:
    """A report on the principal's desk."""
    return make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)


def all_written() -> tuple[int, ...]:
    """All that a signature writes."""
    return (*written(), Seal.objects.count(), ChainEntry.objects.count())


def test_what_is_shown_is_sealed_byte_for_byte(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    shown = shown_to(desks.principal, waiting)

    seal = sign(waiting, desks)

    seal.refresh_from_db()
    assert bytes(seal.content) == shown
    assert seal.content_sha256 == seals.digest(shown)
    assert seal.seal_format == "quarterly-report/3"
    assert "主要负责人" in seal.statement
    assert seal.statement_key == "nothing-found/2025-02-27"
    assert (seal.signed_by, seal.factor) == (desks.principal.membership, "password")
    assert (seal.signed_at, seal.received_at) == (NOW, NOW)
    assert seal.bureau == desks.bureau
    assert seal.in_time
    assert seal.receipt_number.startswith("HZ-20260706-")


def test_the_content_names_all_that_the_principal_read(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    content = json.loads(bytes(sign(waiting, desks).content))
    assert content["enterprise"]["uscc"] == desks.enterprise.uscc
    assert content["principal"]["name"] == desks.principal.user.full_name
    assert content["bureau"]["name"] == desks.bureau.name
    assert content["report"]["quarter"] == "2026Q2"
    assert content["statement"]["nothing_found"] is True
    assert content["declaration"] == statement(NOTHING_FOUND, on=NOW.date()).zh
    (visit,) = content["inspections"]
    assert [site["name"] for site in visit["sites"]] == [desks.site.name]
    assert {person["name"] for person in visit["people"]} == {
        desks.leader.user.full_name,
        desks.member.user.full_name,
        "外聘专家",
    }


def test_signing_files_the_report(desks: Desks, waiting: SelfInspectionReport) -> None:
    seal = sign(waiting, desks)

    waiting.refresh_from_db()
    assert waiting.status == ReportStatus.RECEIVED
    assert (waiting.first_received_at, waiting.received_at) == (NOW, NOW)
    assert (waiting.bureau, waiting.reviewer) == (desks.bureau, None)
    assert waiting.versions.get().sealed_at == NOW
    entry = seal.chain_entry
    assert (entry.enterprise, entry.ordinal) == (desks.enterprise, 1)
    assert entry.previous_sha256 == ""
    assert entry.entry_sha256 == seals.link(
        previous="", ordinal=1, envelope=envelope(seal)
    )


def test_signature_and_receipt_are_two_events_and_the_receipt_reaches_all(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    seal = sign(waiting, desks)

    signed = last_event(waiting, action="sign-off")
    assert (signed.by, signed.at) == (desks.principal.user, NOW)
    assert signed.membership == desks.principal.membership
    assert (signed.enterprise, signed.bureau) == (desks.enterprise, desks.bureau)
    received = last_event(waiting, action="receive")
    assert (received.by, received.membership) == (None, None)
    assert received.parameters == {
        "receipt": seal.receipt_number,
        "version": 1,
        "in_time": True,
        "kind": "signed",
    }
    assert told("report_received") == people(desks.principal, desks.clerk, desks.leader)


def test_each_enterprise_has_a_chain_of_its_own(desks: Desks) -> None:
    other = make_desks(bureau=desks.bureau)
    for number, each in enumerate((desks, other, desks), 1):
        quarter = QUARTER.shifted(-number)
        report = make_report(
            each, status=ReportStatus.AWAITING_SIGNATURE, quarter=quarter
        )
        sign(report, each, at=NOW + dt.timedelta(minutes=number))
    assert list(
        ChainEntry.objects.order_by("pk").values_list("enterprise", "ordinal")
    ) == [(desks.enterprise.pk, 1), (other.enterprise.pk, 1), (desks.enterprise.pk, 2)]
    assert list(verification.faults()) == []


@pytest.mark.parametrize(
    ("microseconds", "word"), [(-1, "in time"), (0, "in time"), (1, "late")]
)
def test_the_due_instant_itself_is_in_time(
    desks: Desks, waiting: SelfInspectionReport, microseconds: int, word: str
) -> None:
    due = sign_and_look(desks)
    seal = sign(waiting, desks, at=due + dt.timedelta(microseconds=microseconds))
    assert (seal.in_time, seal.due_at) == (word == "in time", due)


def sign_and_look(desks: Desks) -> dt.datetime:
    """The due instant of the second quarter, from another enterprise's seal."""
    other = make_desks(bureau=desks.bureau)
    report = make_report(other, status=ReportStatus.AWAITING_SIGNATURE)
    due_at = sign(report, other).due_at
    assert due_at is not None
    return due_at


# refused, and nothing written


def refused(
    report: SelfInspectionReport,
    desks: Desks,
    *,
    error: type[RefusedError],
    words: str,
    **changed: Any,
) -> RefusedError:
    """Try to sign with the arguments changed; see that nothing was written."""
    before = all_written()
    arguments = {
        "report_id": report.pk,
        "shown": shown_to(desks.principal, report),
        "proof": proof_of(desks.principal),
        "by": desks.principal,
        "at": NOW,
    }
    with pytest.raises(error, match=words) as caught:
        signing.sign_off(**{**arguments, **changed})
    assert all_written() == before
    report.refresh_from_db()
    assert report.status == ReportStatus.AWAITING_SIGNATURE
    version = open_version(report)
    assert version.frame is None
    assert {row.facts for row in version.listed.all()} == {None}
    return caught.value


def test_words_changed_between_view_and_signature_are_refused(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    shown = shown_to(desks.principal, waiting)
    reports.withdraw(report_id=waiting.pk, by=desks.clerk, at=NOW)
    save(waiting, desks, draft=make_draft(scope="换了一句"))
    reports.send_for_signature(report_id=waiting.pk, by=desks.clerk, at=NOW)

    error = refused(
        waiting,
        desks,
        error=sealing.ChangedSinceShownError,
        words="changed after this page was shown",
        shown=shown,
    )

    assert isinstance(error, sealing.ChangedSinceShownError)
    assert seals.changes(json.loads(error.shown), json.loads(error.now)) == [
        ("statement.scope", "全部车间和仓库", "换了一句")
    ]


def test_another_wording_than_the_one_shown_is_not_signed(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    # As shown on the eve of a day on which a new wording begins.
    shown = json.loads(shown_to(desks.principal, waiting))
    shown["declaration"] = "此前的签字声明"

    with pytest.raises(sealing.ChangedSinceShownError):
        signing.sign_off(
            report_id=waiting.pk,
            shown=seals.canonical(shown),
            proof=proof_of(desks.principal),
            by=desks.principal,
            at=NOW,
        )

    assert not Seal.objects.exists()


def test_a_visit_changed_between_view_and_signature_is_refused(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    shown = shown_to(desks.principal, waiting)
    listing = open_version(waiting).listed.get()
    inspections.sign_in(inspection_id=listing.inspection_id, by=desks.member, at=NOW)
    refused(
        waiting,
        desks,
        error=sealing.ChangedSinceShownError,
        words="changed",
        shown=shown,
    )


def test_a_bureau_changed_between_view_and_signature_is_refused(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    shown = shown_to(desks.principal, waiting)
    desks.bureau.name = "另一局"
    desks.bureau.save()
    refused(
        waiting,
        desks,
        error=sealing.ChangedSinceShownError,
        words="changed",
        shown=shown,
    )


def test_a_visit_moved_out_of_the_quarter_is_not_signed_even_as_shown(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    listing = open_version(waiting).listed.get()
    inspections.amend(
        inspection_id=listing.inspection_id,
        made_from=1,
        visit=make_visit(desks, on=dt.date(2026, 3, 31)),
        by=desks.clerk,
        at=NOW,
    )
    refused(waiting, desks, error=versions.IncompleteError, words="another quarter")


def test_without_a_bureau_nothing_is_signed(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    SupervisionAssignment.objects.update(
        ends_on=dt.date(2026, 7, 5), end_recorded_at=NOW
    )
    refused(waiting, desks, error=RefusedError, words="No bureau is assigned")


def test_the_proof_of_another_person_is_refused(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    refused(
        waiting,
        desks,
        error=RefusedError,
        words="Prove again",
        proof=proof_of(desks.clerk),
    )


def test_the_proof_of_another_moment_is_refused(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    refused(
        waiting,
        desks,
        error=RefusedError,
        words="Prove again",
        proof=proof_of(desks.principal, at=NOW - dt.timedelta(seconds=1)),
    )


def test_one_proof_signs_one_report(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    second = make_report(
        desks, status=ReportStatus.AWAITING_SIGNATURE, quarter=Quarter(2026, 1)
    )
    sign(waiting, desks)
    refused(second, desks, error=RefusedError, words="Prove again")


def test_a_signature_replayed_on_another_report_is_refused(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    second = make_report(
        desks, status=ReportStatus.AWAITING_SIGNATURE, quarter=Quarter(2026, 1)
    )
    refused(
        second,
        desks,
        error=sealing.ChangedSinceShownError,
        words="changed",
        shown=shown_to(desks.principal, waiting),
    )


def test_a_signature_sent_twice_signs_once(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    shown = shown_to(desks.principal, waiting)
    sign(waiting, desks)
    before = all_written()
    later = NOW + dt.timedelta(seconds=2)
    with pytest.raises(NotPermittedError, match="“received”"):
        signing.sign_off(
            report_id=waiting.pk,
            shown=shown,
            proof=proof_of(desks.principal, at=later),
            by=desks.principal,
            at=later,
        )
    assert all_written() == before


@pytest.mark.parametrize("desk", ["clerk", "leader", "member", "reviewer", "head"])
def test_nobody_but_the_principal_signs(
    desks: Desks, waiting: SelfInspectionReport, desk: str
) -> None:
    by = getattr(desks, desk)
    refused(
        waiting,
        desks,
        error=NotPermittedError,
        words="principal",
        by=by,
        proof=proof_of(by),
    )


def test_the_principal_of_another_enterprise_does_not_sign(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    by = make_desks(bureau=desks.bureau).principal
    refused(
        waiting,
        desks,
        error=NotPermittedError,
        words="another enterprise",
        by=by,
        proof=proof_of(by),
    )


@pytest.mark.parametrize(
    "status", set(ReportStatus) - {ReportStatus.AWAITING_SIGNATURE}
)
def test_only_a_report_on_the_desk_is_signed(
    desks: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    before = all_written()
    later = NOW + dt.timedelta(days=1)
    with pytest.raises(NotPermittedError, match=str(status.label)):
        signing.sign_off(
            report_id=report.pk,
            shown=b"{}",
            proof=proof_of(desks.principal, at=later),
            by=desks.principal,
            at=later,
        )
    assert all_written() == before


def test_the_day_of_signing_is_the_day_in_china(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    at = dt.datetime(2026, 7, 6, 17, 0, tzinfo=dt.UTC)
    seal = sign(waiting, desks, at=at)
    assert seal.receipt_number.startswith("HZ-20260707-")
    assert seal.signed_at.astimezone(SHANGHAI).date() == dt.date(2026, 7, 7)


# a fault at any statement


class FaultInjectedError(OperationalError):
    """The connection failed here."""


class FailingAt:
    """Lets n statements pass, fails at the next, and lets the clearing up pass."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(
        self, execute: Any, sql: str, params: Any, many: Any, context: Any
    ) -> Any:
        """Run the statement or fail."""
        self.left -= 1
        if self.left == -1:
            raise FaultInjectedError(sql)
        return execute(sql, params, many, context)


def test_a_fault_at_any_statement_leaves_nothing_behind(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    shown = shown_to(desks.principal, waiting)
    before = all_written()
    number = 0
    while True:
        try:
            with connection.execute_wrapper(FailingAt(number)):
                signing.sign_off(
                    report_id=waiting.pk,
                    shown=shown,
                    proof=proof_of(desks.principal),
                    by=desks.principal,
                    at=NOW,
                )
            break
        except FaultInjectedError:
            number += 1
        assert all_written() == before
        assert SelfInspectionReport.objects.get(pk=waiting.pk).status == (
            ReportStatus.AWAITING_SIGNATURE
        )
        version = open_version(waiting)
        assert (version.frame, version.listed.get().facts) == (None, None)
    assert number > 20
    assert all_written() != before
    assert Event.objects.filter(action="sign-off").count() == 1


def test_a_principal_who_took_part_is_named_with_the_evidence(desks: Desks) -> None:
    report = make_report(desks)
    listing = open_version(report).listed.get()
    inspections.amend(
        inspection_id=listing.inspection_id,
        made_from=1,
        visit=make_visit(desks, principal_evidence="带队检查，见签到表"),
        by=desks.clerk,
        at=NOW,
    )
    inspections.confirm_participation(
        inspection_id=listing.inspection_id, by=desks.principal, at=NOW
    )
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=NOW)
    content = json.loads(bytes(sign(report, desks).content))
    assert content["inspections"][0]["principal_took_part"] == {
        "name": desks.principal.user.full_name,
        "evidence": "带队检查，见签到表",
        "confirmed_at": "2026-07-06T02:00:00+00:00",
    }


def test_a_new_principal_signs_in_their_own_name(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    old = desks.principal.membership
    old.ends_on, old.end_recorded_at = dt.date(2026, 7, 5), NOW
    old.save()
    new = make_acting(Role.PRINCIPAL, enterprise=desks.enterprise, starts_on=NOW.date())
    seal = sign(waiting, replace(desks, principal=new))
    assert seal.signed_by == new.membership
    assert new.user.full_name in bytes(seal.content).decode()
