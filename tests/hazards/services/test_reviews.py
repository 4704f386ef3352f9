"""A bureau answers what it received."""

from functools import partial

import pytest

from accounts.models import Role, User
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import ReportStatus, ReviewComment, SelfInspectionReport
from hazards.queries.comments import comments_of, open_comments
from hazards.services import reviews
from tests.database.stages import stage
from tests.factories import NOW, make_acting, make_bureau
from tests.factories_reports import Desks, correct, make_report
from tests.hazards.services.traces import last_event, people, told, written

IN_REVIEW = {ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW}


@stage
def received(desks: Desks) -> SelfInspectionReport:
    """A report that waits for its bureau."""
    return make_report(desks, status=ReportStatus.RECEIVED)


def test_taking_up_a_report_shows_who_has_it(
    desks: Desks, received: SelfInspectionReport
) -> None:
    reviews.begin(report_id=received.pk, by=desks.reviewer, at=NOW)
    received.refresh_from_db()
    assert received.status == ReportStatus.UNDER_REVIEW
    assert received.reviewer == desks.reviewer.membership
    event = last_event(received)
    assert (event.action, event.membership) == (
        "begin-review",
        desks.reviewer.membership,
    )
    assert (event.bureau, event.enterprise) == (desks.bureau, desks.enterprise)


@pytest.mark.parametrize("status", IN_REVIEW)
def test_accepting_is_the_end_and_team_and_principal_hear_of_it(
    desks: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    reviews.accept(report_id=report.pk, by=desks.head, at=NOW)
    report.refresh_from_db()
    assert (report.status, report.reviewer) == ("accepted", desks.head.membership)
    assert last_event(report).action == "accept"
    assert told("report_accepted") == people(desks.clerk, desks.leader, desks.principal)


@pytest.mark.parametrize("status", IN_REVIEW)
def test_returning_gives_the_reason_and_keeps_the_first_receipt(
    desks: Desks, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    reviews.return_for_correction(
        report_id=report.pk,
        comments={"report": "请补充仓库。"},
        by=desks.colleague,
        at=NOW,
    )
    report.refresh_from_db()
    assert report.status == ReportStatus.RETURNED
    assert report.first_received_at == NOW
    assert report.reviewer == desks.colleague.membership
    event = last_event(report)
    assert (event.action, event.note) == ("return-for-correction", "请补充仓库。")
    assert told("report_returned") == people(desks.clerk, desks.leader, desks.principal)
    notice = desks.principal.user.notices.get(kind="report_returned")
    assert "请补充仓库。" in notice.body


def test_without_a_reason_nothing_is_returned(
    desks: Desks, received: SelfInspectionReport
) -> None:
    before = written()
    with pytest.raises(RefusedError, match="Say why"):
        reviews.return_for_correction(
            report_id=received.pk, comments={"report": " \n"}, by=desks.reviewer, at=NOW
        )
    received.refresh_from_db()
    assert (received.status, written()) == (ReportStatus.RECEIVED, before)


def test_an_enterprise_without_a_principal_still_hears(
    desks: Desks, received: SelfInspectionReport
) -> None:
    old = desks.principal.membership
    old.ends_on, old.end_recorded_at = NOW.date().replace(day=5), NOW
    old.save()
    reviews.accept(report_id=received.pk, by=desks.reviewer, at=NOW)
    assert told("report_accepted") == people(desks.clerk, desks.leader)


def answer(verb: str, report: SelfInspectionReport, *, by: object) -> None:
    """Do one of the three."""
    arguments = {"report_id": report.pk, "by": by, "at": NOW}
    if verb == "return_for_correction":
        arguments["comments"] = {"report": "请补充。"}
    getattr(reviews, verb)(**arguments)


VERBS = pytest.mark.parametrize("verb", ["begin", "accept", "return_for_correction"])


@VERBS
@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("clerk", "reviewer"),
        ("principal", "reviewer"),
        ("assistant", "reviewer"),
        ("inspector", "reviewer"),
        ("other bureau", "Another bureau"),
        ("former member", "You are or were a member"),
    ],
)
def test_others_do_not_answer(
    desks: Desks, received: SelfInspectionReport, verb: str, who: str, words: str
) -> None:
    by = {
        "clerk": lambda: desks.clerk,
        "principal": lambda: desks.principal,
        "assistant": lambda: make_acting(Role.TOWNSHIP_ASSISTANT, bureau=desks.bureau),
        "inspector": lambda: make_acting(Role.INSPECTOR, bureau=desks.bureau),
        "other bureau": lambda: make_acting(Role.REVIEWER, bureau=make_bureau()),
        "former member": lambda: make_acting(
            Role.REVIEWER, bureau=desks.bureau, user=former(desks)
        ),
    }[who]()
    before = written()
    with pytest.raises(NotPermittedError, match=words):
        answer(verb, received, by=by)
    received.refresh_from_db()
    assert (received.status, written()) == (ReportStatus.RECEIVED, before)


def former(desks: Desks) -> User:
    """Somebody who left the enterprise's team years ago."""
    membership = make_acting(Role.CLERK, enterprise=desks.enterprise).membership
    membership.ends_on, membership.end_recorded_at = NOW.date().replace(2021), NOW
    membership.save()
    return membership.user


@VERBS
@pytest.mark.parametrize(
    "status",
    [
        ReportStatus.DRAFT,
        ReportStatus.AWAITING_SIGNATURE,
        ReportStatus.RETURNED,
        ReportStatus.ACCEPTED,
    ],
)
def test_what_does_not_wait_is_not_answered(
    desks: Desks, verb: str, status: ReportStatus
) -> None:
    report = make_report(desks, status=status)
    with pytest.raises(NotPermittedError, match=str(status.label)):
        answer(verb, report, by=desks.reviewer)


def test_the_second_who_takes_it_up_is_told(
    desks: Desks, received: SelfInspectionReport
) -> None:
    reviews.begin(report_id=received.pk, by=desks.reviewer, at=NOW)
    with pytest.raises(NotPermittedError, match="under review"):
        reviews.begin(report_id=received.pk, by=desks.colleague, at=NOW)


# comments on items


def give_back(
    report: SelfInspectionReport, desks: Desks, **options: object
) -> dict[str, list[str]]:
    """Return it as told and say which comments then stand open, by item."""
    arguments = {"by": desks.reviewer, "at": NOW, **options}
    reviews.return_for_correction(report_id=report.pk, **arguments)  # type: ignore[arg-type]
    return {
        item: [comment.text for comment in given]
        for item, given in open_comments(report).items()
    }


def test_comments_stand_on_the_items_of_the_version_that_was_received(
    desks: Desks, received: SelfInspectionReport
) -> None:
    number = received.versions.get().listed.get().inspection.number
    said = {
        "statement.scope": "请写明仓库。",
        f"inspections[{number}].areas": "请写明除尘系统。",
        "report": "请补充。",
    }
    blank = {"statement.remarks": "  "}
    assert give_back(received, desks, comments={**said, **blank}) == {
        item: [text] for item, text in said.items()
    }
    comment = received.versions.get().comments.first()
    assert comment is not None
    assert (comment.by, comment.at) == (desks.reviewer.membership, NOW)
    assert last_event(received).note == "请补充。"
    notice = desks.clerk.user.notices.get(kind="report_returned")
    assert all(text in notice.body for text in said.values())


@pytest.mark.parametrize(
    "item", ["", "hazards[YH-1].causes", "statement.scope ", "enterprise"]
)
def test_a_comment_on_nothing_that_the_version_holds_is_refused(
    desks: Desks, received: SelfInspectionReport, item: str
) -> None:
    before = written()
    with pytest.raises(RefusedError, match="does not hold"):
        give_back(received, desks, comments={"report": "请补充。", item: "改"})
    received.refresh_from_db()
    assert (received.status, written()) == (ReportStatus.RECEIVED, before)
    assert not ReviewComment.objects.exists()


def test_of_several_rounds_the_last_stands_open(
    desks: Desks, received: SelfInspectionReport
) -> None:
    give_back(received, desks, comments={"statement.scope": "一"})
    correct(received, desks)
    first = received.versions.get(ordinal=1)
    assert open_comments(received)["statement.scope"][0].version == 1
    assert give_back(received, desks, comments={"report": "二"}) == {"report": ["二"]}
    assert [row.text for row in comments_of(first)["statement.scope"]] == ["一"]


@pytest.mark.parametrize("verb", ["accept", "return_for_correction"])
def test_what_was_corrected_meanwhile_is_not_answered_unseen(
    desks: Desks, received: SelfInspectionReport, verb: str
) -> None:  # S9
    give_back(received, desks, comments={"report": "一"})
    correct(received, desks)
    comments = {"comments": {"report": "二"}} if verb != "accept" else {}
    act = partial(
        getattr(reviews, verb), report_id=received.pk, by=desks.reviewer, at=NOW
    )
    before = written()
    with pytest.raises(RefusedError, match="read version 2"):
        act(seen=1, **comments)
    received.refresh_from_db()
    assert (received.status, written()) == (ReportStatus.RECEIVED, before)
    act(seen=2, **comments)
