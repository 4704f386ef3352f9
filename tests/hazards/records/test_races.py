"""Two at once: one wins, and nobody signs what they did not see."""  # S10

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError

from accounts.models import Event
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import (
    ChainEntry,
    ReportStatus,
    ReportVersion,
    ReviewComment,
    Seal,
    SelfInspectionReport,
    VersionInspection,
)
from hazards.queries import verification
from hazards.rules.quarters import Quarter
from hazards.services import inspections, reports, reviews, sealing, signing, versions
from tests.factories import NOW
from tests.factories_reports import (
    QUARTER,
    Desks,
    make_desks,
    make_draft,
    make_inspection,
    make_report,
    make_visit,
    open_version,
    proof_of,
    save,
    shown_to,
)
from tests.hazards.records.together import Act, at_once, not_yet_committed

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50
REVIEW_ROUNDS = 15


@pytest.fixture
def waiting(desks: Desks) -> SelfInspectionReport:
    """A report on the principal's desk."""
    return make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)


def signing_what_is_shown(
    report: SelfInspectionReport, desks: Desks, *, at: dt.datetime = NOW
) -> Callable[[], Seal]:
    """The signature of a principal who has the page open now."""
    return partial(
        signing.sign_off,
        report_id=report.pk,
        shown=shown_to(desks.principal, report),
        proof=proof_of(desks.principal, at=at),
        by=desks.principal,
        at=at,
    )


# a child and a signature


def test_a_child_added_while_another_signs_waits_and_is_refused(
    desks: Desks, waiting: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    version, visit = open_version(waiting), make_inspection(desks)
    with not_yet_committed(signing_what_is_shown(waiting, desks)):
        child = Act(lambda: version.listed.create(inspection=visit))
        child.wait_until_it_waits(as_superuser)

    with pytest.raises(DatabaseError, match="a sealed version takes no change"):
        child.finish()
    assert version.listed.count() == 1
    assert list(verification.faults()) == []


def test_a_signature_over_a_child_being_added_waits_and_is_refused(
    desks: Desks, waiting: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    version, visit = open_version(waiting), make_inspection(desks)
    act = signing_what_is_shown(waiting, desks)
    with not_yet_committed(lambda: version.listed.create(inspection=visit)):
        signature = Act(act)
        signature.wait_until_it_waits(as_superuser)

    with pytest.raises(sealing.ChangedSinceShownError):
        signature.finish()
    assert not Seal.objects.exists()
    assert version.listed.count() == 2


def test_a_child_taken_away_while_another_signs_waits_and_is_refused(
    desks: Desks, waiting: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    listing = open_version(waiting).listed.get()
    with not_yet_committed(signing_what_is_shown(waiting, desks)):
        removal = Act(VersionInspection.objects.filter(pk=listing.pk).delete)
        removal.wait_until_it_waits(as_superuser)

    with pytest.raises(DatabaseError, match="a sealed version takes no change"):
        removal.finish()


def test_words_changed_by_raw_sql_while_another_signs_are_refused(
    desks: Desks, waiting: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    version = ReportVersion.objects.filter(pk=open_version(waiting).pk)
    with not_yet_committed(signing_what_is_shown(waiting, desks)):
        edit = Act(lambda: version.update(remarks="改"))
        edit.wait_until_it_waits(as_superuser)

    with pytest.raises(DatabaseError):
        edit.finish()
    assert version.get().remarks == "无"


# two at one report


def second_waits(
    first: Callable[[], Any], second: Callable[[], Any], watcher: psycopg.Connection
) -> Act:
    """Do both so that the second stands before the first one's lock."""
    with not_yet_committed(first):
        act = Act(second)
        act.wait_until_it_waits(watcher)
    return act


def test_two_who_start_a_quarter_at_once_have_one_report(
    desks: Desks, as_superuser: psycopg.Connection
) -> None:
    start = partial(reports.start, quarter=QUARTER, at=NOW)
    second = second_waits(
        partial(start, by=desks.clerk), partial(start, by=desks.leader), as_superuser
    )
    report = SelfInspectionReport.objects.get()
    assert second.finish() == report
    assert report.versions.get().created_by == desks.clerk.membership
    assert Event.objects.about(report).count() == 1


def test_many_who_start_a_quarter_at_once_have_one_report(desks: Desks) -> None:
    start = partial(reports.start, quarter=QUARTER, by=desks.clerk, at=NOW)
    results = at_once(*[start] * 8)
    assert {result.pk for result in results} == {SelfInspectionReport.objects.get().pk}
    assert ReportVersion.objects.count() == 1


def test_of_two_saves_at_once_the_later_is_stale(
    desks: Desks, as_superuser: psycopg.Connection
) -> None:
    report = make_report(desks)
    one, two = (
        partial(save, report, desks, draft=make_draft(scope=scope), made_from=2)
        for scope in ("甲", "乙")
    )
    second = second_waits(one, two, as_superuser)
    error = second.error()
    assert isinstance(error, versions.StaleSaveError)
    assert open_version(report).scope == "甲"


def test_of_two_amendments_at_once_the_later_is_stale(
    desks: Desks, as_superuser: psycopg.Connection
) -> None:
    inspection = make_inspection(desks)
    amend = partial(
        inspections.amend,
        inspection_id=inspection.pk,
        made_from=1,
        visit=make_visit(desks),
        by=desks.clerk,
        at=NOW,
    )
    second = second_waits(amend, amend, as_superuser)
    assert isinstance(second.error(), inspections.StaleVisitError)


def test_a_signature_given_twice_at_once_counts_once(
    desks: Desks, waiting: SelfInspectionReport, as_superuser: psycopg.Connection
) -> None:
    first, second = (
        signing_what_is_shown(waiting, desks, at=NOW + dt.timedelta(seconds=second))
        for second in (0, 1)
    )
    error = second_waits(first, second, as_superuser).error()
    assert isinstance(error, NotPermittedError)
    assert Seal.objects.count() == ChainEntry.objects.count() == 1


BEGIN = partial(reviews.begin, at=NOW)
ACCEPT = partial(reviews.accept, at=NOW)
RETURN = partial(reviews.return_for_correction, comments={"report": "请补充。"}, at=NOW)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (BEGIN, BEGIN, "“under review” now"),
        (ACCEPT, ACCEPT, "“accepted” now"),
        (ACCEPT, RETURN, "“accepted” now"),
        (RETURN, ACCEPT, "“returned for correction” now"),
        (RETURN, RETURN, "“returned for correction” now"),
    ],
)
def test_of_two_reviewers_at_once_one_succeeds_and_the_other_is_told(
    desks: Desks,
    as_superuser: psycopg.Connection,
    first: Callable[..., None],
    second: Callable[..., None],
    words: str,
) -> None:
    report = make_report(desks, status=ReportStatus.RECEIVED)
    act = second_waits(
        partial(first, report_id=report.pk, by=desks.reviewer),
        partial(second, report_id=report.pk, by=desks.colleague),
        as_superuser,
    )
    with pytest.raises(NotPermittedError, match=words):
        act.finish()
    report.refresh_from_db()
    assert report.reviewer == desks.reviewer.membership
    # What the second had written stands nowhere.
    said = set(ReviewComment.objects.values_list("by", flat=True))
    assert said == ({desks.reviewer.membership.pk} if first is RETURN else set())


# one enterprise's chain


def test_two_reports_signed_at_once_follow_each_other_in_the_chain(
    desks: Desks, as_superuser: psycopg.Connection
) -> None:
    first, second = (
        signing_what_is_shown(
            make_report(
                desks,
                status=ReportStatus.AWAITING_SIGNATURE,
                quarter=Quarter(2026, number),
            ),
            desks,
            at=NOW + dt.timedelta(seconds=number),
        )
        for number in (1, 2)
    )
    second_waits(first, second, as_superuser).finish()
    assert list(ChainEntry.objects.values_list("ordinal", flat=True)) == [1, 2]
    assert list(verification.faults()) == []


def test_another_enterprise_does_not_wait(
    desks: Desks, waiting: SelfInspectionReport
) -> None:
    other = make_desks(bureau=desks.bureau)
    theirs = make_report(other, status=ReportStatus.AWAITING_SIGNATURE)
    act = signing_what_is_shown(theirs, other)
    with not_yet_committed(signing_what_is_shown(waiting, desks)):
        assert Act(act).finish().chain_entry.ordinal == 1


# many rounds


def test_of_signature_edit_withdrawal_and_return_one_wins_every_time(
    desks: Desks,
) -> None:
    report = make_report(desks, status=ReportStatus.AWAITING_SIGNATURE)
    signed = 0
    for number in range(ROUNDS):
        at = NOW + dt.timedelta(minutes=number)
        version = open_version(report)
        shown = shown_to(desks.principal, report)
        signature, withdrawal, giving_back, edit = at_once(
            signing_what_is_shown(report, desks, at=at),
            partial(reports.withdraw, report_id=report.pk, by=desks.clerk, at=at),
            partial(
                reports.return_to_team,
                report_id=report.pk,
                reason="再看",
                by=desks.principal,
                at=at,
            ),
            partial(
                save,
                report,
                desks,
                draft=make_draft(scope=f"第{number}轮", reason="补充"),
                made_from=version.revision,
                at=at,
            ),
        )
        results = {"sign": signature, "withdraw": withdrawal, "return": giving_back}
        winners = [
            name for name, r in results.items() if not isinstance(r, BaseException)
        ]
        for result in (*results.values(), edit):
            assert not isinstance(result, BaseException) or isinstance(
                result, NotPermittedError
            ), result
        assert len(winners) == 1, results
        report.refresh_from_db()
        version.refresh_from_db()
        if winners == ["sign"]:
            signed += 1
            assert isinstance(edit, NotPermittedError)
            assert bytes(version.seals.get().content) == shown
            assert report.status == ReportStatus.RECEIVED
        else:
            assert report.status == ReportStatus.DRAFT
            assert version.sealed_at is None
        _back_to_the_desk(report, desks, at=at)
    assert list(verification.faults()) == []
    assert verification.counted().seals == signed


def test_of_answers_corrections_edits_and_signatures_each_round_has_one_story(
    desks: Desks,
) -> None:  # S10
    report = make_report(desks, status=ReportStatus.RECEIVED)
    for number in range(REVIEW_ROUNDS):
        at = NOW + dt.timedelta(hours=number + 1)
        version = report.versions.latest("ordinal")
        content = bytes(version.seals.get().content)
        comments = {"statement.scope": f"第{number}轮"}
        give_back = partial(
            reviews.return_for_correction,
            report_id=report.pk,
            comments=comments,
            at=at,
            seen=version.ordinal,
        )
        correct = partial(reports.begin_correction, report_id=report.pk, at=at)
        returns, begun, others = _in_three(
            at_once(
                partial(give_back, by=desks.reviewer),
                partial(give_back, by=desks.colleague),
                partial(correct, by=desks.clerk),
                partial(correct, by=desks.leader),
                partial(reviews.begin, report_id=report.pk, by=desks.head, at=at),
                partial(reports.withdraw, report_id=report.pk, by=desks.clerk, at=at),
                partial(
                    signing.sign_off,
                    report_id=report.pk,
                    shown=content,
                    proof=proof_of(desks.principal, at=at),
                    by=desks.principal,
                    at=at,
                ),
                partial(
                    reports.send_for_signature,
                    report_id=report.pk,
                    by=desks.leader,
                    at=at,
                ),
            )
        )
        for result in (*returns, *begun, *others):
            assert not isinstance(result, BaseException) or isinstance(
                result, RefusedError
            ), result
        assert [isinstance(each, RefusedError) for each in returns].count(False) == 1
        given = version.comments.get()
        assert given.text == comments["statement.scope"]
        winner = desks.colleague if isinstance(returns[0], RefusedError) else None
        assert given.by == (winner or desks.reviewer).membership
        assert bytes(version.seals.get().content) == content
        if all(isinstance(each, RefusedError) for each in begun):
            correct(by=desks.clerk)
        assert report.versions.filter(sealed_at__isnull=True).count() == 1
        draft = make_draft(scope=f"第{number}轮之后", reason="补充")
        save(report, desks, draft=draft, at=at)
        reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=at)
        signing_what_is_shown(report, desks, at=at + dt.timedelta(minutes=1))()
    assert Seal.objects.count() == ReviewComment.objects.count() + 1
    assert list(verification.faults()) == []


def _in_three(results: list[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    return results[:2], results[2:4], results[4:]


def _back_to_the_desk(
    report: SelfInspectionReport, desks: Desks, *, at: dt.datetime
) -> None:
    if report.status == ReportStatus.RECEIVED:
        reviews.return_for_correction(
            report_id=report.pk,
            comments={"report": "请补充。"},
            by=desks.reviewer,
            at=at,
        )
        reports.begin_correction(report_id=report.pk, by=desks.clerk, at=at)
        draft = make_draft(scope=f"{at:%H:%M}核对", reason="补充")
        save(report, desks, draft=draft, at=at)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=at)
