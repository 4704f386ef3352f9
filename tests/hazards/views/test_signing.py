"""The principal's page: exactly what is shown is signed, by who proves who they are."""

import base64
import json
import re
import time
from functools import partial
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Event, Notice
from hazards.models import ChainEntry, ReportStatus, Seal, SelfInspectionReport
from hazards.queries import verification
from hazards.rules import seals
from hazards.services import reports, reviews
from tests.factories import PASSWORD, signed_in
from tests.factories_lives import reported_hazard
from tests.factories_reports import (
    Desks,
    make_desks,
    make_draft,
    make_hazard,
    make_inspection,
    save,
)
from tests.hazards.records.together import at_once
from tests.hazards.services.traces import told, written
from tests.hazards.views.walking import make_filed, page, words

WRONG = "wrong-horse-battery"


def sign_url(report: SelfInspectionReport) -> str:
    return reverse("report-sign", args=[report.public_id])


def done_url(report: SelfInspectionReport) -> str:
    return reverse("report-done", args=[report.public_id])


def give_back(report: SelfInspectionReport, by: Client, reason: str) -> Any:
    url = reverse("report-return-to-team", args=[report.public_id])
    return by.post(url, {"reason": reason})


def carried_by(response: Any) -> str:
    """What the form of the page carries, as a browser would send it back."""
    found = re.search(r'name="shown" value="([^"]*)"', page(response))
    assert found
    return found[1]


def shown_on(client: Client, report: SelfInspectionReport) -> str:
    """What the signing page carries when it is opened now."""
    return carried_by(client.get(sign_url(report)))


def all_written() -> tuple[int, ...]:
    return (*written(), Seal.objects.count(), ChainEntry.objects.count())


def change(report: SelfInspectionReport, seats: Desks, *, scope: str) -> None:
    """The team takes the report back, changes it and sends it again."""
    at = timezone.now()
    reports.withdraw(report_id=report.pk, by=seats.clerk, at=at)
    save(report, seats, draft=make_draft(scope=scope), at=at)
    reports.send_for_signature(report_id=report.pk, by=seats.clerk, at=at)


@pytest.fixture
def principal(seats: Desks) -> Client:
    return signed_in(seats.principal)


class TestThePage:
    def test_shows_every_word_that_it_carries(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        response = principal.get(sign_url(waiting))

        content = base64.b64decode(carried_by(response))
        said = words(response)
        assert seals.digest(content) in said
        sheet = json.loads(content)
        for part in (
            *sheet["enterprise"].values(),
            *sheet["principal"].values(),
            *sheet["bureau"].values(),
            sheet["report"]["number"],
            *(sheet["statement"][key] for key in ("scope", "coverage", "remarks")),
            *(visit["number"] for visit in sheet["inspections"]),
            *(visit["areas"] for visit in sheet["inspections"]),
            *(p["name"] for v in sheet["inspections"] for p in v["people"]),
            *(s["name"] for v in sheet["inspections"] for s in v["sites"]),
        ):
            if part != seats.enterprise.industry:
                assert part in said
        assert "No major accident hazard was found" in said

    def test_names_the_hazards_on_record_of_which_it_is_silent(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        assert "On record, and not on this sheet" not in words(
            principal.get(sign_url(waiting))
        )
        at = timezone.now()
        hazard = reported_hazard(seats, at=at, found_at=at)

        said = words(principal.get(sign_url(waiting)))

        assert "On record, and not on this sheet" in said
        assert f"Hazard {hazard.number} is on record" in said

    def test_is_never_kept_by_a_browser(
        self, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        assert "no-store" in principal.get(sign_url(waiting))["Cache-Control"]

    def test_names_the_due_day_as_every_other_day(
        self, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        due = principal.get(sign_url(waiting)).context["due"]
        figures = page(principal.get(sign_url(waiting)))
        assert f'<p class="quiet">Due <time datetime="{due.on.isoformat()}T' in figures

    def test_is_the_principal_s_alone(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        for by in (seats.clerk, seats.leader, seats.member):
            client = signed_in(by)
            before = all_written()
            assert client.get(sign_url(waiting)).status_code == 403
            response = client.post(
                sign_url(waiting), {"shown": "", "password": PASSWORD}
            )
            assert response.status_code == 403
            assert all_written() == before

    def test_tells_who_has_no_factor_what_to_do(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        seats.principal.user.set_unusable_password()
        seats.principal.user.save()
        client = signed_in(seats.principal)

        response = client.get(sign_url(waiting))

        assert "neither a password nor a second factor" in words(response)
        assert "set one on your profile first" in words(response)
        assert 'name="password"' not in page(response)
        posted = client.post(
            sign_url(waiting),
            {"shown": base64.b64encode(b"{}").decode(), "password": PASSWORD},
        )
        assert posted.status_code == 409
        assert "set one, then sign" in words(posted)
        assert not Seal.objects.exists()


class TestSigning:
    def test_seals_the_bytes_that_were_shown_and_says_you_are_done(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        carried = shown_on(principal, waiting)

        response = principal.post(
            sign_url(waiting), {"shown": carried, "password": PASSWORD}, follow=True
        )

        seal = Seal.objects.get()
        assert bytes(seal.content) == base64.b64decode(carried)
        assert (seal.factor, seal.signed_by) == (
            "password",
            seats.principal.membership,
        )
        said = words(response)
        assert "You are done" in said
        assert seal.receipt_number in said
        assert seal.content_sha256 in said
        assert told("report_received") == {
            by.user.pk for by in (seats.principal, seats.clerk, seats.leader)
        }
        waiting.refresh_from_db()
        assert waiting.status == ReportStatus.RECEIVED

    def test_keeps_the_page_at_a_wrong_password_and_never_repeats_it(
        self, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        carried, before = shown_on(principal, waiting), all_written()

        response = principal.post(
            sign_url(waiting), {"shown": carried, "password": WRONG, "code": "654321"}
        )

        assert response.status_code == 422
        assert "This password or code is not right" in words(response)
        assert WRONG not in page(response)
        assert "654321" not in page(response)
        assert carried_by(response) == carried
        assert all_written() == before

    def test_asks_for_proof_where_none_is_typed(
        self, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        response = principal.post(
            sign_url(waiting), {"shown": shown_on(principal, waiting)}
        )

        assert response.status_code == 422
        assert "Type your password, or a code" in words(response)

    def test_slows_wrong_tries_down_and_says_for_how_long(
        self, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        carried = shown_on(principal, waiting)
        for _ in range(3):
            principal.post(sign_url(waiting), {"shown": carried, "password": WRONG})

        response = principal.post(
            sign_url(waiting), {"shown": carried, "password": PASSWORD}
        )

        assert response.status_code == 422
        assert "After wrong tries you have to wait" in words(response)
        assert not Seal.objects.exists()

    @pytest.mark.parametrize("carried", ["", "%%%", "e30", "e30=", "AAAA" * 1000, "长"])
    def test_refuses_a_page_that_was_damaged(
        self, waiting: SelfInspectionReport, principal: Client, carried: str
    ) -> None:
        before = all_written()

        response = principal.post(
            sign_url(waiting), {"shown": carried, "password": PASSWORD}
        )

        assert response.status_code in (409, 422)
        assert carried_by(response) == shown_on(principal, waiting)
        assert all_written() == before

    def test_takes_an_authenticator_s_code_once(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        other = make_filed(seats, ReportStatus.AWAITING_SIGNATURE, back=1)
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(seats.principal.user, secret)
        counter = int(time.time()) // 30
        code = str(totp.format_hotp_value(totp.hotp_value(secret, counter)))

        first = principal.post(
            sign_url(waiting), {"shown": shown_on(principal, waiting), "code": code}
        )
        cache.clear()
        second = principal.post(
            sign_url(other), {"shown": shown_on(principal, other), "code": code}
        )

        assert (first.status_code, second.status_code) == (302, 422)
        assert Seal.objects.get().factor == "totp"
        assert "not right" in words(second)


class TestChangedSinceShown:
    def test_is_refused_with_what_changed_then_signed_from_the_new_page(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        carried = shown_on(principal, waiting)
        change(waiting, seats, scope="Only the east hall")
        before = all_written()

        response = principal.post(
            sign_url(waiting), {"shown": carried, "password": PASSWORD}
        )

        assert response.status_code == 409
        said = words(response)
        assert "changed after this page was shown to you" in said
        assert "What was inspected 全部车间和仓库 Only the east hall" in said
        assert PASSWORD not in page(response)
        assert all_written() == before

        again = carried_by(response)
        principal.post(sign_url(waiting), {"shown": again, "password": PASSWORD})
        content = bytes(Seal.objects.get().content)
        assert content == base64.b64decode(again)
        assert "Only the east hall" in content.decode()

    def test_holds_for_who_the_enterprise_is_too(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        carried = shown_on(principal, waiting)
        seats.enterprise.registered_address = "开原市新城街2号"
        seats.enterprise.save()

        response = principal.post(
            sign_url(waiting), {"shown": carried, "password": PASSWORD}
        )

        assert response.status_code == 409
        assert "Enterprise 开原市新城街1号 开原市新城街2号" in words(response)
        assert not Seal.objects.exists()


class TestTwice:
    def test_the_same_post_is_one_effect(
        self, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        data = {"shown": shown_on(principal, waiting), "password": PASSWORD}

        first = principal.post(sign_url(waiting), data)
        before = all_written()
        second = principal.post(sign_url(waiting), data)

        assert first["Location"] == second["Location"] == done_url(waiting)
        assert all_written() == before

    def test_it_is_still_one_when_the_bureau_has_answered(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        data = {"shown": shown_on(principal, waiting), "password": PASSWORD}
        principal.post(sign_url(waiting), data)
        reviews.accept(report_id=waiting.pk, by=seats.reviewer, at=timezone.now())

        second = principal.post(sign_url(waiting), data)

        assert second["Location"] == done_url(waiting)
        assert Seal.objects.count() == 1

    def test_two_reports_need_two_proofs(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        other = make_filed(seats, ReportStatus.AWAITING_SIGNATURE, back=1)
        principal.post(
            sign_url(waiting),
            {"shown": shown_on(principal, waiting), "password": PASSWORD},
        )

        response = principal.post(
            sign_url(other), {"shown": shown_on(principal, other)}
        )

        assert response.status_code == 422
        assert Seal.objects.get().version.report == waiting


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_are_one_seal(settings: Settings) -> None:
    # Hashing as slowly as for real people would be most of this test's time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    seats = make_desks(on=timezone.localdate(), password=PASSWORD)
    report = make_filed(seats, ReportStatus.AWAITING_SIGNATURE)
    carried = shown_on(signed_in(seats.principal), report)
    before = Notice.objects.count()
    press = [
        partial(
            signed_in(seats.principal).post,
            sign_url(report),
            {"shown": carried, "password": PASSWORD},
        )
        for _ in range(10)
    ]

    answers = at_once(*press)

    # Done, or to wait a moment; never a fault, never a refusal of what was done.
    assert {answer.status_code for answer in answers} <= {302, 422, 409}
    locations = {answer.get("Location") for answer in answers} - {None}
    assert locations == {done_url(report)}
    assert Seal.objects.count() == ChainEntry.objects.count() == 1
    assert Event.objects.filter(action="sign-off").count() == 1
    assert Notice.objects.count() == before + 3
    assert list(verification.faults()) == []


class TestGivingBack:
    def test_tells_the_team_why_and_files_nothing(
        self, seats: Desks, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        response = give_back(waiting, principal, "The east hall is missing")

        assert response["Location"] == reverse("desk")
        waiting.refresh_from_db()
        assert waiting.status == ReportStatus.DRAFT
        assert not Seal.objects.exists()
        assert told("report_returned_to_team") == {
            seats.clerk.user.pk,
            seats.leader.user.pk,
        }
        client = signed_in(seats.clerk)
        edit = client.get(reverse("report-edit", args=[waiting.public_id]))
        assert "The east hall is missing" in words(edit)

    @pytest.mark.parametrize(
        ("reason", "sentence"),
        [
            ("", "Say why, so that the others know what to do."),
            ("    \n ", "Say why, so that the others know what to do."),
            ("<no>", "Say a little more: at least five characters."),
            ("长" * 2001, "at most 2000"),
        ],
    )
    def test_needs_a_reason_and_keeps_what_was_typed(
        self,
        waiting: SelfInspectionReport,
        principal: Client,
        reason: str,
        sentence: str,
    ) -> None:
        before = all_written()

        response = give_back(waiting, principal, reason)

        assert response.status_code == 422
        assert sentence in words(response)
        field = re.search(r"<textarea[^>]*>", page(response))
        assert field
        assert 'aria-invalid="true"' in field[0]
        assert "id_reason_error" in field[0]
        assert response.context["return_form"]["reason"].value() == reason
        assert "&lt;no&gt;" in page(response) or reason != "<no>"
        # The page is still the page from which one can sign.
        assert carried_by(response) == shown_on(principal, waiting)
        waiting.refresh_from_db()
        assert waiting.status == ReportStatus.AWAITING_SIGNATURE
        assert all_written() == before

    def test_is_the_principal_s_alone(
        self, seats: Desks, waiting: SelfInspectionReport
    ) -> None:
        for reason in ("", "A good reason"):
            response = give_back(waiting, signed_in(seats.clerk), reason)
            assert response.status_code == 403
        waiting.refresh_from_db()
        assert waiting.status == ReportStatus.AWAITING_SIGNATURE


def test_the_hazards_at_a_glance_lead_to_what_is_said_of_them(seats: Desks) -> None:
    report = make_filed(seats, ReportStatus.DRAFT)
    number = make_hazard(report, seats).hazard.number
    save(report, seats, at=timezone.now())
    reports.send_for_signature(report_id=report.pk, by=seats.clerk, at=timezone.now())

    shown = page(signed_in(seats.principal).get(sign_url(report)))

    assert f'href="#hazard-{number}"' in shown
    assert shown.count(f'id="hazard-{number}"') == 1


def test_taking_part_is_confirmed_on_the_way_to_signing(
    seats: Desks, waiting: SelfInspectionReport
) -> None:
    visit = make_inspection(
        seats, on=waiting.quarter.starts_on, principal_evidence="现场照片"
    )
    client = signed_in(seats.principal)

    answer = client.post(
        reverse("participation-confirm", args=[visit.public_id]),
        {"report": str(waiting.public_id)},
    )

    assert answer["Location"] == sign_url(waiting)
    assert "confirmed by you" in words(client.get(sign_url(waiting)))


class TestDone:
    def test_is_there_once_something_is_signed(
        self, waiting: SelfInspectionReport, principal: Client
    ) -> None:
        assert principal.get(done_url(waiting)).status_code == 404

    def test_names_the_receipt_to_the_team_too_and_what_is_next(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        seal = received.versions.get().seals.get()
        for by in (seats.principal, seats.clerk):
            said = words(signed_in(by).get(done_url(received)))
            assert seal.receipt_number in said
            assert "What is next" in said

    def test_is_not_a_bureau_s_page(
        self, seats: Desks, received: SelfInspectionReport
    ) -> None:
        response = signed_in(seats.reviewer).get(done_url(received))
        assert response.status_code == 403
        assert "open the report" in words(response)


def test_the_principal_of_another_enterprise_finds_nothing(
    waiting: SelfInspectionReport, db: None
) -> None:
    stranger = signed_in(make_desks(on=timezone.localdate()).principal)
    for url in (sign_url(waiting), done_url(waiting)):
        assert stranger.get(url).status_code == 404
    assert stranger.post(sign_url(waiting), {}).status_code == 404
    assert give_back(waiting, stranger, "A good reason").status_code == 404
