"""Lodging without the principal's signature, and signing later, page by page."""

import base64
import json
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hazards.models import ChainEntry, ReportStatus, Seal, SealKind
from hazards.models import SelfInspectionReport as Report
from hazards.queries.later_signatures import lodged_seal
from hazards.rules import seals
from hazards.services import reports
from tests.database.stages import stage
from tests.factories import PASSWORD, signed_in
from tests.factories_reports import (
    UNSIGNED_BECAUSE,
    Desks,
    lodge,
    make_draft,
    save,
    sign_later,
)
from tests.hazards.records.together import at_once
from tests.hazards.services.traces import written
from tests.hazards.views.test_signing import carried_by, shown_on, sign_url
from tests.hazards.views.walking import a_moment, page, words

WRONG = "wrong-horse-battery"


def lodge_url(report: Report) -> str:
    return reverse("report-lodge", args=[report.public_id])


def later_url(report: Report) -> str:
    return reverse("report-sign-later", args=[report.public_id])


def all_written() -> tuple[int, ...]:
    return (*written(), Seal.objects.count(), ChainEntry.objects.count())


def show(client: Client, report: Report) -> str:
    """What the second page carries."""
    return carried_by(client.post(lodge_url(report), {"reason": UNSIGNED_BECAUSE}))


def confirm(client: Client, report: Report, carried: str, **changes: str) -> Any:
    """Press the last button."""
    fields = {"reason": UNSIGNED_BECAUSE, "shown": carried, "password": PASSWORD}
    return client.post(lodge_url(report), {**fields, **changes}, follow=True)


def in_the_queue(reviewer: Client, report: Report) -> str:
    """What the queue says of the report, without the form that narrows the list."""
    _form, found, row = words(reviewer.get(reverse("review-queue"))).rpartition(
        report.number
    )
    assert found
    return row


@pytest.fixture
def leader(seats: Desks) -> Client:
    seats.leader.user.set_password(PASSWORD)
    seats.leader.user.save()
    return signed_in(seats.leader)


@pytest.fixture
def principal(seats: Desks) -> Client:
    return signed_in(seats.principal)


@stage
def lodged(seats: Desks, draft: Report) -> Report:
    """A report of the last quarter, received unsigned."""
    lodge(draft, seats, at=a_moment())
    draft.refresh_from_db()
    return draft


class TestLodging:
    def test_tells_first_what_it_means(
        self, seats: Desks, draft: Report, leader: Client
    ) -> None:
        said = words(leader.get(lodge_url(draft)))
        assert "marked as unsigned wherever it is shown" in said
        assert "weaker than a signed one" in said
        assert "does not move the receipt" in said
        assert seats.principal.user.full_name in said
        assert seats.bureau.name in said

    def test_is_found_from_the_report(self, draft: Report, leader: Client) -> None:
        url = reverse("report", args=[draft.public_id])
        assert lodge_url(draft) in page(leader.get(url))

    def test_shows_the_exact_bytes_before_it_asks_for_proof(
        self, draft: Report, leader: Client
    ) -> None:
        before = all_written()
        response = leader.post(lodge_url(draft), {"reason": UNSIGNED_BECAUSE})

        assert response.status_code == 200
        content = base64.b64decode(carried_by(response))
        said = words(response)
        assert seals.digest(content) in said
        assert json.loads(content)["declaration"] in said
        assert UNSIGNED_BECAUSE in said
        assert all_written() == before

    def test_lodges_them_and_says_so_with_the_mark(
        self, draft: Report, leader: Client
    ) -> None:
        carried = show(leader, draft)

        response = confirm(leader, draft, carried)

        seal = Seal.objects.get()
        assert bytes(seal.content) == base64.b64decode(carried)
        said = words(response)
        assert "Lodged and received" in said
        assert "unsigned" in said
        assert seal.receipt_number in said
        draft.refresh_from_db()
        assert (draft.status, draft.is_unsigned) == (ReportStatus.RECEIVED, True)

    def test_a_second_press_finds_the_work_done(
        self, draft: Report, leader: Client
    ) -> None:
        carried = show(leader, draft)
        confirm(leader, draft, carried)
        before = all_written()

        again = confirm(leader, draft, carried)

        assert "Lodged and received" in words(again)
        assert all_written() == before

    def test_keeps_the_reason_at_a_wrong_password_and_never_repeats_it(
        self, draft: Report, leader: Client
    ) -> None:
        carried, before = show(leader, draft), all_written()

        response = confirm(leader, draft, carried, password=WRONG)

        assert response.status_code == 422
        assert "This password or code is not right" in words(response)
        assert WRONG not in page(response)
        assert carried_by(response) == carried
        assert UNSIGNED_BECAUSE in page(response)
        assert all_written() == before

    def test_shows_what_changed_since_it_was_shown(
        self, seats: Desks, draft: Report, leader: Client
    ) -> None:
        carried = show(leader, draft)
        save(draft, seats, draft=make_draft(scope="只有锅炉房"), at=timezone.now())

        response = confirm(leader, draft, carried)

        assert response.status_code == 409
        assert "只有锅炉房" in words(response)
        assert UNSIGNED_BECAUSE in page(response)
        assert not Seal.objects.exists()

    def test_says_what_is_missing(
        self, seats: Desks, draft: Report, leader: Client
    ) -> None:
        save(draft, seats, draft=make_draft(scope=""), at=timezone.now())
        response = leader.post(lodge_url(draft), {"reason": UNSIGNED_BECAUSE})
        assert response.status_code == 422
        assert "Say what was inspected" in words(response)
        assert UNSIGNED_BECAUSE in page(response)

    def test_asks_for_the_reason(self, draft: Report, leader: Client) -> None:
        response = leader.post(lodge_url(draft), {"reason": ""})
        assert response.status_code == 422
        assert 'name="shown"' not in page(response)

    def test_leads_who_comes_late_to_the_report(
        self, lodged: Report, leader: Client
    ) -> None:
        response = leader.get(lodge_url(lodged), follow=True)
        assert "The report is “received” now." in words(response)

    def test_the_mark_stands_on_the_report_and_in_the_queue(
        self, seats: Desks, lodged: Report
    ) -> None:
        reviewer = signed_in(seats.reviewer)
        report = reviewer.get(reverse("report", args=[lodged.public_id]))
        assert "received unsigned" in words(report)
        assert "not signed" in in_the_queue(reviewer, lodged)
        sign_later(lodged, seats, at=a_moment())
        assert "not signed" not in in_the_queue(reviewer, lodged)


class TestSigningLater:
    def test_shows_what_was_lodged_and_signs_it(
        self, seats: Desks, lodged: Report, principal: Client
    ) -> None:
        response = principal.get(later_url(lodged))
        said = words(response)
        first = Seal.objects.get()
        assert first.content_sha256 in said
        assert "全部车间和仓库" in said
        assert UNSIGNED_BECAUSE in said
        assert seats.leader.user.full_name in said

        done = principal.post(
            later_url(lodged),
            {"shown": carried_by(response), "password": PASSWORD},
            follow=True,
        )

        seal = Seal.objects.get(kind=SealKind.LATER_SIGNATURE)
        assert "The report is signed now" in words(done)
        assert seal.receipt_number in words(done)
        assert first.receipt_number in words(done)
        version = reverse("report-version", args=[lodged.public_id, 1])
        assert first.receipt_number in words(principal.get(version))

    def test_a_second_press_finds_the_work_done(
        self, lodged: Report, principal: Client
    ) -> None:
        fields = {
            "shown": carried_by(principal.get(later_url(lodged))),
            "password": PASSWORD,
        }
        principal.post(later_url(lodged), fields)
        before = all_written()
        again = principal.post(later_url(lodged), fields, follow=True)
        assert "The report is signed now" in words(again)
        assert all_written() == before

    def test_keeps_the_page_at_a_wrong_password(
        self, lodged: Report, principal: Client
    ) -> None:
        carried = carried_by(principal.get(later_url(lodged)))
        before = all_written()
        response = principal.post(
            later_url(lodged), {"shown": carried, "password": WRONG}
        )
        assert response.status_code == 422
        assert "This password or code is not right" in words(response)
        assert WRONG not in page(response)
        assert all_written() == before

    def test_refuses_a_damaged_page(self, lodged: Report, principal: Client) -> None:
        response = principal.post(
            later_url(lodged), {"shown": "%%", "password": PASSWORD}
        )
        assert response.status_code == 422
        assert "reload it and sign again" in words(response)

    def test_refuses_other_bytes_and_shows_the_page_again(
        self, lodged: Report, principal: Client
    ) -> None:
        response = principal.post(
            later_url(lodged), {"shown": "e30=", "password": PASSWORD}
        )
        assert response.status_code == 409
        assert Seal.objects.count() == 1

    def test_leads_who_has_signed_to_the_report(
        self, seats: Desks, lodged: Report, principal: Client
    ) -> None:
        sign_later(lodged, seats, at=a_moment())
        response = principal.get(later_url(lodged))
        assert response.status_code == 302


def test_a_report_signed_later_says_so_where_it_said_unsigned(
    seats: Desks, lodged: Report
) -> None:
    url = reverse("report", args=[lodged.public_id])
    before = page(signed_in(seats.reviewer).get(url))
    assert "signed later" not in before

    sign_later(lodged, seats, at=a_moment())

    after = words(signed_in(seats.reviewer).get(url))
    assert "Lodged without the principal's signature" in after
    assert f"signed later {seats.principal.user.full_name}" in after


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_of_signature_and_lodging_one_wins_and_the_other_is_told(
        self, seats: Desks, waiting: Report, leader: Client, principal: Client
    ) -> None:
        cache.clear()
        lodging_bytes, signing_bytes = (
            show(leader, waiting),
            shown_on(principal, waiting),
        )
        results = at_once(
            partial(
                leader.post,
                lodge_url(waiting),
                {
                    "reason": UNSIGNED_BECAUSE,
                    "shown": lodging_bytes,
                    "password": PASSWORD,
                },
            ),
            partial(
                principal.post,
                sign_url(waiting),
                {"shown": signing_bytes, "password": PASSWORD},
            ),
        )

        assert sorted(answer.status_code for answer in results) == [302, 403]
        lost = next(answer for answer in results if answer.status_code == 403)
        assert "The report is “received” now" in words(lost)
        seal = Seal.objects.get()
        waiting.refresh_from_db()
        assert waiting.is_unsigned == (seal.kind == SealKind.UNSIGNED)

    def test_of_two_later_signatures_one_is_kept(
        self, lodged: Report, seats: Desks, principal: Client
    ) -> None:
        cache.clear()
        fields = {
            "shown": carried_by(principal.get(later_url(lodged))),
            "password": PASSWORD,
        }
        press = partial(principal.post, later_url(lodged), fields)
        results = at_once(press, press)

        assert {answer.status_code for answer in results} == {302}
        assert Seal.objects.filter(kind=SealKind.LATER_SIGNATURE).count() == 1


def test_a_report_on_the_desk_is_taken_back_while_the_leader_looks(
    seats: Desks, waiting: Report, leader: Client
) -> None:
    carried = show(leader, waiting)
    reports.withdraw(report_id=waiting.pk, by=seats.clerk, at=timezone.now())
    response = confirm(leader, waiting, carried)
    assert "Lodged and received" in words(response)
    assert lodged_seal(waiting).content_sha256 == seals.digest(
        base64.b64decode(carried)
    )
