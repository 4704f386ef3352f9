"""What a person signed stays theirs to take, and to deny (promise S4)."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Event, Membership, Notice
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import ReportStatus, Repudiation, Seal
from hazards.rules.quarters import Quarter
from hazards.services import repudiations
from tests.database.stages import stage
from tests.factories import NOW, TODAY, make_user, queries_of, signed_in
from tests.factories_reports import Desks, correct, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]

Q1 = Quarter(2026, 1)
SOON = NOW + dt.timedelta(minutes=5)
REASON = "当天我在外地，手机不在身边。"


@stage
def seal(desks: Desks) -> Seal:
    report = make_report(desks, status=ReportStatus.RECEIVED)
    return Seal.objects.get(version__report=report)


def end(membership: Membership) -> None:
    """The person leaves."""
    membership.ends_on = TODAY - dt.timedelta(days=1)
    membership.end_recorded_at = NOW
    membership.save()


# S4
def test_a_former_principal_still_takes_what_he_signed(
    desks: Desks, seal: Seal
) -> None:
    end(desks.principal.membership)
    client = signed_in(desks.principal)

    page = client.get(reverse("signatures"))
    url = reverse("signature-copy", args=[seal.receipt_number])
    copy = client.get(url)

    assert client.get(reverse("desk")).status_code == 403
    assert page.status_code == 200
    assert url in page.content.decode()
    assert desks.enterprise.name in page.content.decode()
    assert copy.content.startswith(b"%PDF-")
    event = Event.objects.get(action="take-copy")
    assert (event.by, event.membership) == (desks.principal.user, None)


# S4
def test_it_is_the_same_file_that_the_report_page_hands_out(
    desks: Desks, seal: Seal
) -> None:
    own = reverse("signature-copy", args=[seal.receipt_number])
    report = reverse("report-copy", args=[seal.version.report.public_id, 1])

    client = signed_in(desks.principal)
    assert client.get(own).content == client.get(report).content


@pytest.mark.parametrize("who", ["clerk", "leader", "reviewer"])
def test_nobody_else_finds_it_there(desks: Desks, seal: Seal, who: str) -> None:
    client = signed_in(getattr(desks, who))

    assert client.get(reverse("signatures")).status_code == 200
    assert seal.receipt_number not in client.get(reverse("signatures")).content.decode()
    for name in ("signature-copy", "signature-repudiate"):
        url = reverse(name, args=[seal.receipt_number])
        assert client.get(url).status_code == 404


def test_the_page_asks_as_often_for_many_as_for_one(desks: Desks, seal: Seal) -> None:
    client = signed_in(desks.principal)
    few = queries_of(client, reverse("signatures"))
    earlier = make_report(desks, status=ReportStatus.RETURNED, quarter=Q1, at=SOON)
    correct(earlier, desks)

    assert queries_of(client, reverse("signatures")) == few


def test_pages_follow_one_another(
    desks: Desks, seal: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hazards.queries.copies.PAGE_SIZE", 1)
    make_report(desks, status=ReportStatus.RECEIVED, quarter=Q1, at=SOON)
    newest = Seal.objects.latest("signed_at")
    client = signed_in(desks.principal)

    first = client.get(reverse("signatures")).content.decode()
    second = client.get(
        reverse("signatures"), {"after": newest.receipt_number}
    ).content.decode()

    assert newest.receipt_number in first
    assert seal.receipt_number not in first
    assert seal.receipt_number in second


class TestDenying:
    def test_it_stands_beside_the_seal_and_changes_nothing_of_it(
        self, desks: Desks, seal: Seal
    ) -> None:
        before = Seal.objects.values().get(pk=seal.pk)
        end(desks.principal.membership)

        response = self.deny(signed_in(desks.principal), seal)

        assert response == 302
        row = Repudiation.objects.get()
        assert (row.seal, row.by, row.reason) == (seal, desks.principal.user, REASON)
        assert Seal.objects.values().get(pk=seal.pk) == before
        event = Event.objects.get(action="repudiate")
        assert (event.by, event.note) == (desks.principal.user, REASON)

    def test_team_principal_in_office_and_bureau_are_told(
        self, desks: Desks, seal: Seal
    ) -> None:
        self.deny(signed_in(desks.principal), seal)

        told = set(
            Notice.objects.filter(kind="signature_repudiated").values_list(
                "recipient", flat=True
            )
        )
        people = ("clerk", "leader", "principal", "reviewer", "colleague", "head")
        assert told == {getattr(desks, name).user.pk for name in people}
        notice = Notice.objects.filter(kind="signature_repudiated").first()
        assert notice
        assert REASON in notice.body

    def test_everybody_who_sees_the_report_sees_it(
        self, desks: Desks, seal: Seal
    ) -> None:
        self.deny(signed_in(desks.principal), seal)
        report = seal.version.report

        for name, args in (
            ("report", [report.public_id]),
            ("report-version", [report.public_id, 1]),
        ):
            page = signed_in(desks.reviewer).get(reverse(name, args=args))
            assert REASON in page.content.decode()

    def test_without_a_reason_nothing_is_written_and_nothing_lost(
        self, desks: Desks, seal: Seal
    ) -> None:
        url = reverse("signature-repudiate", args=[seal.receipt_number])

        response = signed_in(desks.principal).post(url, {"reason": "不"})

        assert response.status_code == 422
        assert "不</textarea>" in response.content.decode()
        assert not Repudiation.objects.exists()

    def test_said_twice_is_said_once(self, desks: Desks, seal: Seal) -> None:
        client = signed_in(desks.principal)
        self.deny(client, seal)

        assert self.deny(client, seal) == 409
        assert Repudiation.objects.count() == 1

    def test_the_service_refuses_another_and_silence(
        self, desks: Desks, seal: Seal
    ) -> None:
        with pytest.raises(NotPermittedError):
            repudiations.repudiate(
                seal_id=seal.pk, reason=REASON, by=make_user(), at=NOW
            )
        with pytest.raises(RefusedError, match="what happened"):
            repudiations.repudiate(
                seal_id=seal.pk, reason="  ", by=desks.principal.user, at=NOW
            )

    def test_the_receipt_names_the_way(self, desks: Desks, seal: Seal) -> None:
        notice = Notice.objects.filter(
            kind="report_received", recipient=desks.principal.user
        ).latest("id")

        assert "What I signed" in notice.body
        assert f"{seal.receipt_number}-{seal.content_sha256[:12]}" in notice.body

    @staticmethod
    def deny(client: Client, seal: Seal) -> int:
        url = reverse("signature-repudiate", args=[seal.receipt_number])
        return client.post(url, {"reason": REASON}).status_code
