"""The bureau's queue and its answers, browser to database."""

import re
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Event, Notice
from hazards.models import ReportStatus, ReviewComment, SelfInspectionReport
from hazards.queries import queue
from hazards.services import reports
from hazards.templatetags.reviews import in_words
from tests.factories import signed_in
from tests.factories_reports import Desks, correct, make_desks, make_draft, save
from tests.hazards.records.together import at_once
from tests.hazards.services.traces import told, written
from tests.hazards.views.walking import make_filed, page, words


def act(report: SelfInspectionReport, by: Client, name: str, **fields: str) -> Any:
    return by.post(reverse(f"report-{name}", args=[report.public_id]), fields)


@pytest.fixture
def reviewer(seats: Desks) -> Client:
    return signed_in(seats.reviewer)


class TestTheQueue:
    def test_is_walked_through_longest_wait_first_without_gap_or_double(
        self, seats: Desks, reviewer: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queue, "PAGE_SIZE", 2)
        statuses = (ReportStatus.RECEIVED, ReportStatus.UNDER_REVIEW)
        waiting = [
            make_filed(
                make_desks(bureau=seats.bureau, on=timezone.localdate()),
                statuses[number % 2],
            )
            for number in range(5)
        ]
        make_filed(seats, ReportStatus.ACCEPTED)
        make_filed(seats, ReportStatus.RETURNED, back=1)
        seen, url = [], reverse("review-queue")

        for _ in range(3):
            response = reviewer.get(url)
            seen += response.context["page"].reports
            found = re.search(r'rel="next" href="([^"]+)"', page(response))
            url = reverse("review-queue") + found[1] if found else ""

        assert seen == waiting
        assert url == ""

    def test_begins_anew_where_all_after_the_key_was_answered_meanwhile(
        self, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        assert received.received_at is not None
        key = f"{received.received_at.timestamp() + 1:.6f}~{received.pk}"

        response = reviewer.get(reverse("review-queue"), {"after": key})

        assert response.context["page"].reports == [received]

    def test_says_who_has_it_and_how_long_it_waits(
        self, seats: Desks, reviewer: Client
    ) -> None:
        report = make_filed(seats, ReportStatus.UNDER_REVIEW)

        said = words(reviewer.get(reverse("review-queue")))

        assert report.number in said
        assert seats.reviewer.user.full_name in said
        assert "waiting since today" in said or "waiting for 1 day" in said

    def test_is_not_an_enterprise_s_page(self, seats: Desks) -> None:
        response = signed_in(seats.clerk).get(reverse("review-queue"))
        assert response.status_code == 403
        assert "switch to a bureau role" in words(response)

    def test_of_another_bureau_is_empty_and_says_so(
        self, received: SelfInspectionReport
    ) -> None:
        other = signed_in(make_desks(on=timezone.localdate()).reviewer)
        assert "Nothing waits" in words(other.get(reverse("review-queue")))
        for name in ("begin-review", "accept", "return"):
            assert act(received, other, name, reason="A reason").status_code == 404


class TestAnswering:
    def test_taking_it_up_is_seen_by_colleagues(
        self, seats: Desks, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        response = act(received, reviewer, "begin-review")

        url = reverse("report", args=[received.public_id])
        assert response["Location"] == url
        colleague = signed_in(seats.colleague)
        name = seats.reviewer.user.full_name
        assert f"{name} has taken it up" in words(colleague.get(url))

    def test_accepting_tells_the_enterprise(
        self, seats: Desks, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        response = act(received, reviewer, "accept")

        assert response["Location"] == reverse("review-queue")
        received.refresh_from_db()
        assert received.status == ReportStatus.ACCEPTED
        assert told("report_accepted") == {
            by.user.pk for by in (seats.clerk, seats.leader, seats.principal)
        }

    def test_returning_gives_the_reason_word_for_word(
        self, seats: Desks, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        response = act(received, reviewer, "return", reason="Say <what> was left out")

        assert response["Location"] == reverse("review-queue")
        received.refresh_from_db()
        assert received.status == ReportStatus.RETURNED
        own = signed_in(seats.clerk).get(reverse("report", args=[received.public_id]))
        assert "Say &lt;what&gt; was left out" in page(own)

    def test_a_comment_on_an_item_is_reason_enough_and_stands_beside_it(
        self, seats: Desks, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        said = "Name the <warehouse>"
        response = act(
            received, reviewer, "return", **{"on:statement.scope": said, "version": "1"}
        )

        assert response["Location"] == reverse("review-queue")
        clerk = signed_in(seats.clerk)
        url = reverse("report", args=[received.public_id])
        assert "What was inspected : Name the <warehouse>" in words(clerk.get(url))
        act(received, clerk, "begin-correction")
        for address in (
            reverse("report-edit", args=[received.public_id]),
            reverse("report-version", args=[received.public_id, 1]),
        ):
            assert said in words(clerk.get(address))

    def test_boxes_keep_what_was_typed_when_one_is_refused(
        self, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        typed = {
            "on:statement.scope": "Name the warehouse",
            "on:statement.coverage": "\0",
            "on:statement.remarks": "long " * 500,
        }
        response = act(received, reviewer, "return", **typed)

        assert response.status_code == 422
        said = words(response)
        assert "see beside it" in said
        assert "Null characters are not allowed." in said
        assert "at most 2000" in said
        assert "Name the warehouse" in said
        received.refresh_from_db()
        assert received.status == ReportStatus.RECEIVED

    @pytest.mark.parametrize("version", ["", "x", "0", "9" * 30, "\0"])
    def test_a_page_that_does_not_say_its_version_well_is_no_error(
        self, received: SelfInspectionReport, reviewer: Client, version: str
    ) -> None:
        fields = {"reason": "A good reason", "version": version}
        assert act(received, reviewer, "return", **fields).status_code in (302, 422)

    def test_who_may_not_return_it_sees_no_boxes(
        self, seats: Desks, received: SelfInspectionReport, reviewer: Client
    ) -> None:
        url = reverse("report", args=[received.public_id])
        assert "Comment on this" in words(reviewer.get(url))
        assert "Comment on this" not in words(signed_in(seats.clerk).get(url))

    @pytest.mark.parametrize(
        ("reason", "sentence"),
        [
            ("", "Say why, so that the others know what to do."),
            ("     ", "Say why, so that the others know what to do."),
            ("more", "Say a little more: at least five characters."),
            ("Typed with cold fingers " * 100, "at most 2000"),
        ],
    )
    def test_returning_needs_a_reason_and_keeps_what_was_typed(
        self,
        received: SelfInspectionReport,
        reviewer: Client,
        reason: str,
        sentence: str,
    ) -> None:
        before = written()

        response = act(received, reviewer, "return", reason=reason)

        assert response.status_code == 422
        assert sentence in words(response)
        field = re.search(r'<textarea name="reason"[^>]*>([^<]*)', page(response))
        assert field
        assert 'aria-invalid="true"' in field[0]
        assert "id_reason_error" in field[0]
        assert field[1].strip() == reason.strip()
        assert 'id="answer"' in page(response)
        received.refresh_from_db()
        assert received.status == ReportStatus.RECEIVED
        assert written() == before

    def test_an_enterprise_does_not_answer_itself(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        before = written()
        for by in (seats.clerk, seats.principal):
            for name in ("begin-review", "accept", "return"):
                for reason in ("", "A good reason"):
                    response = act(received, signed_in(by), name, reason=reason)
                    assert response.status_code == 403
        assert written() == before

    @pytest.mark.parametrize("name", ["begin-review", "accept", "return"])
    def test_the_second_of_two_reviewers_is_told_how_it_stands(
        self,
        seats: Desks,
        received: SelfInspectionReport,
        reviewer: Client,
        name: str,
    ) -> None:
        act(received, signed_in(seats.colleague), "accept")
        before = written()

        response = act(received, reviewer, name, reason="A good reason")

        assert response.status_code == 403
        assert "The report is “accepted” now" in words(response)
        assert written() == before


class TestACorrection:
    def test_shows_everybody_what_it_changes_and_when_it_was_first_received(
        self, seats: Desks, reviewer: Client
    ) -> None:
        report = make_filed(seats, ReportStatus.RETURNED)
        before = report.versions.get().scope
        correct(report, seats, at=timezone.now())

        for by in (reviewer, signed_in(seats.clerk), signed_in(seats.principal)):
            said = words(by.get(reverse("report", args=[report.public_id])))
            assert "What changed since version 1" in said
            assert f"What was inspected was {before} is 全部车间和仓库，第2次" in said
            assert "Received again" in said
            assert "as version 2; the first receipt counts." in said
        url = reverse("report-version", args=[report.public_id, 1])
        first = words(reviewer.get(url))
        assert "What changed" not in first
        assert "Why version 1 was returned" in first
        second = reviewer.get(reverse("report-version", args=[report.public_id, 2]))
        assert "What changed since version 1" in words(second)

    def test_shows_the_principal_what_changed_before_signing(
        self, seats: Desks
    ) -> None:
        report = make_filed(seats, ReportStatus.RETURNED)
        version = reports.begin_correction(
            report_id=report.pk, by=seats.clerk, at=timezone.now()
        )
        draft = make_draft(scope="仓库也已检查", reason="补充")
        save(report, seats, draft=draft, at=timezone.now())
        reports.send_for_signature(
            report_id=report.pk, by=seats.clerk, at=timezone.now()
        )
        page = signed_in(seats.principal).get(
            reverse("report-sign", args=[report.public_id])
        )
        assert version.ordinal == 2
        assert "is 仓库也已检查" in words(page)

    def test_in_the_queue_tells_its_first_receipt(
        self, seats: Desks, reviewer: Client
    ) -> None:
        report = make_filed(seats, ReportStatus.RETURNED)
        correct(report, seats, at=timezone.now())
        for name in ("review-queue", "reports"):
            assert "received again" in words(reviewer.get(reverse(name)))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "—"),
        ("", "—"),
        ([], "—"),
        ({}, "—"),
        (True, "yes"),
        (False, "no"),
        ("not_applicable", "not applicable"),
        ("2026-05-12", "May 12, 2026"),
        ("2026-05-12T02:30:00+00:00", "May 12, 2026 10:30"),
        ("2026-99-99", "2026-99-99"),
        ([{"name": "王"}, {"name": "李"}], "王, 李"),
        ({"number": "YH-1", "place": "炉", "causes": "老化"}, "炉"),
        ({"clause": "a", "answer": "fine", "reason": ""}, "checked and fine"),
        ({"code": "a", "number": "10(1)", "text": "一"}, "10(1) · 一"),
    ],
)
def test_values_of_a_difference_are_said_in_words(value: object, said: str) -> None:
    assert in_words(value) == said


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts_and_the_other_is_told() -> None:
    seats = make_desks(on=timezone.localdate())
    report = make_filed(seats, ReportStatus.RECEIVED)

    answers = at_once(
        partial(act, report, signed_in(seats.reviewer), "accept"),
        partial(act, report, signed_in(seats.colleague), "return", reason="Not enough"),
    )

    assert sorted(answer.status_code for answer in answers) == [302, 403]
    loser = next(answer for answer in answers if answer.status_code == 403)
    assert "so this cannot be done to it" in words(loser)
    given = Event.objects.filter(action__in=["accept", "return-for-correction"])
    assert given.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["return", "accept", "begin-review"])
def test_the_same_answer_sent_ten_times_at_once_is_given_once(name: str) -> None:  # S9
    seats = make_desks(on=timezone.localdate())
    report = make_filed(seats, ReportStatus.RECEIVED)
    fields = {"version": "1", "on:statement.scope": "Name the warehouse"}

    answers = at_once(
        *(partial(act, report, signed_in(seats.reviewer), name, **fields),) * 10
    )

    assert sorted(answer.status_code for answer in answers) == [302] + 9 * [403]
    actions = {"return": "return-for-correction"}
    given = Event.objects.about(report).filter(action=actions.get(name, name))
    assert given.count() == 1
    comments = ReviewComment.objects.filter(version__report=report)
    assert comments.count() == (1 if name == "return" else 0)
    notices = Notice.objects.filter(kind__in=["report_returned", "report_accepted"])
    assert notices.count() == (0 if name == "begin-review" else 3)
