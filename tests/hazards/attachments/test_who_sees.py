"""Files obey the same rows as pages: out of sight is 404, at once (S7)."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Acting, Role
from accounts.services import memberships
from hazards.models import (
    Attachment,
    HazardPhoto,
    MajorHazard,
    PaperReceipt,
    SelfInspectionReport,
)
from hazards.queries.attachments import photos_in, shown_by
from hazards.services import attachments, reports, reviews
from tests.factories import NOW, make_acting
from tests.factories_reports import (
    Desks,
    make_desks,
    make_draft,
    make_hazard,
    make_report,
    save,
    sign,
)
from tests.hazards.attachments.files import make_photo, pdf, picture, upload

pytestmark = pytest.mark.django_db

NAMES = ("attachment", "attachment-preview")


def seen(by: Acting, attachment: Attachment) -> set[int]:
    client = Client()
    client.force_login(by.user)
    return {
        client.get(reverse(name, args=[attachment.public_id])).status_code
        for name in NAMES
    }


def test_a_photo_is_for_the_own_enterprise_until_its_report_is_received(
    desks: Desks,
) -> None:
    others = make_desks()
    report = make_report(desks)
    photo = make_photo(report, desks).attachment

    for by in (desks.clerk, desks.member, desks.principal):
        assert seen(by, photo) == {200}
    for by in (desks.reviewer, desks.head, others.clerk, others.reviewer):
        assert seen(by, photo) == {404}


def receive(desks: Desks, *, at: dt.datetime = NOW) -> HazardPhoto:
    """A photo in a report that the principal has signed."""
    report = make_report(desks, at=at)
    hazard = make_hazard(
        report,
        desks,
        at=at,
        causes="未签协议",
        harm="铁水喷溅伤人",
        difficulty="需停炉",
        interim_measures="停止作业",
        plan_goals="签订协议",
        plan_measures="补签并培训",
        plan_funds="自筹",
        plan_people="安全科",
        plan_schedule="一周",
        plan_emergency="现场看守",
        responsible_person="李强",
        funds_planned=Decimal("0.5"),
        due_on=at.date() + dt.timedelta(days=30),
    ).hazard
    photo = add(report, hazard, desks, picture(), at=at)
    # Describing a hazard says so of the report.
    save(report, desks, draft=replace(make_draft(), nothing_found=False), at=at)
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=at)
    sign(report, desks, at=at)
    return photo


def add(
    report: SelfInspectionReport,
    hazard: MajorHazard,
    desks: Desks,
    content: bytes,
    *,
    at: dt.datetime = NOW,
) -> HazardPhoto:
    attachment = attachments.add_photo(
        upload(content),
        report_id=report.pk,
        hazard_id=hazard.pk,
        keep_position=False,
        by=desks.clerk,
        at=at,
    )
    return attachment.photos.select_related("attachment", "version__report").get()


def test_the_bureau_that_received_it_sees_it_and_no_other(desks: Desks) -> None:
    photo = receive(desks)
    others = make_desks()

    for by in (desks.clerk, desks.reviewer, desks.head):
        assert seen(by, photo.attachment) == {200}
    for by in (others.clerk, others.reviewer, make_acting(Role.OPERATOR)):
        assert seen(by, photo.attachment) == {404}


def test_what_a_correction_adds_is_seen_once_it_is_received(desks: Desks) -> None:
    photo = receive(desks)
    report = photo.version.report
    reviews.begin(report_id=report.pk, by=desks.reviewer, at=NOW)
    reviews.return_for_correction(
        report_id=report.pk,
        comments={"report": "请补充照片。"},
        by=desks.reviewer,
        at=NOW,
    )
    later = NOW + dt.timedelta(days=1)
    reports.begin_correction(report_id=report.pk, by=desks.clerk, at=later)
    new = add(report, photo.hazard, desks, picture(size=(70, 40)), at=later)

    assert seen(desks.reviewer, photo.attachment) == {200}
    assert seen(desks.reviewer, new.attachment) == {404}
    assert set(shown_by(report)) == {photo.attachment.sha256, new.attachment.sha256}

    save(
        report,
        desks,
        draft=replace(make_draft(reason="补充照片"), nothing_found=False),
        at=later,
    )
    reports.send_for_signature(report_id=report.pk, by=desks.clerk, at=later)
    sign(report, desks, at=later)
    assert seen(desks.reviewer, new.attachment) == {200}


def test_who_loses_the_role_loses_the_file_in_the_same_session(desks: Desks) -> None:
    photo = make_photo(make_report(desks), desks).attachment
    client = Client()
    client.force_login(desks.member.user)
    url = reverse("attachment-preview", args=[photo.public_id])
    first = client.get(url)
    assert first.status_code == 200

    memberships.end(
        membership=desks.member.membership,
        by=desks.principal,
        at=timezone.now(),
        at_once=True,
    )

    # What the browser kept is not shown again without asking.
    assert first.headers["Cache-Control"] == "private, no-cache"
    asked = client.get(url, headers={"if-none-match": first.headers["ETag"]})
    assert asked.status_code == 403
    assert client.get(url).status_code == 403


def test_the_browser_keeps_a_preview_and_asks_whether_it_may_show_it(
    desks: Desks,
) -> None:
    photo = make_photo(make_report(desks), desks).attachment
    client = Client()
    client.force_login(desks.member.user)
    url = reverse("attachment-preview", args=[photo.public_id])

    asked = client.get(url, headers={"if-none-match": f'"{photo.preview_sha256}"'})

    assert (asked.status_code, asked.content) == (304, b"")


def test_the_scan_of_a_paper_is_for_the_bureau_that_entered_it(desks: Desks) -> None:
    photo = receive(desks)
    scan = attachments.keep(
        upload(pdf(), "来函.pdf"),
        enterprise=desks.enterprise,
        by=desks.reviewer,
        at=NOW,
    )
    client = Client()
    client.force_login(desks.reviewer.user)
    url = reverse("attachment", args=[scan.public_id])
    assert client.get(url).status_code == 404

    PaperReceipt.objects.create(version=photo.version, scan=scan)

    answer = client.get(url)
    assert answer.status_code == 200
    number = photo.version.report.number
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{number}-paper.pdf"'
    )
    preview = reverse("attachment-preview", args=[scan.public_id])
    assert client.get(preview).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_file_does_nothing_in_the_browser(name: str, desks: Desks) -> None:
    photo = make_photo(make_report(desks), desks).attachment
    client = Client()
    client.force_login(desks.clerk.user)

    answer = client.get(reverse(name, args=[photo.public_id]))

    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Cache-Control"].startswith("private")


def test_a_form_without_a_script_takes_several_and_says_what_became_of_each(
    desks: Desks,
) -> None:
    report = make_report(desks)
    hazard = make_hazard(report, desks).hazard
    client = Client()
    client.force_login(desks.clerk.user)
    url = reverse("hazard-photos", args=[report.public_id, hazard.public_id])
    names = ["一.jpg", "二.pdf", "三.jpg"]
    sent = [
        upload(content, name)
        for name, content in zip(names, (picture(), pdf(), b"<html>"), strict=True)
    ]

    answer = client.post(url, {"photos": sent}, follow=True)

    said = [str(message) for message in answer.context["messages"]]
    assert said[0].startswith("三.jpg: ")
    assert len(said) == 2
    assert [photo.original_name for photo in photos_in(report, hazard)] == names[:2]
    assert len(client.post(url, follow=True).context["messages"]) == 1


def test_a_script_is_told_the_digest_or_the_reason(desks: Desks) -> None:
    report = make_report(desks)
    hazard = make_hazard(report, desks).hazard
    url = reverse("hazard-photos", args=[report.public_id, hazard.public_id])

    def ask(by: Acting, *content: bytes) -> tuple[int, dict[str, str]]:
        client = Client(headers={"accept": "application/json"})
        client.force_login(by.user)
        answer = client.post(url, {"photos": [upload(one) for one in content]})
        return answer.status_code, answer.json()

    status, said = ask(desks.clerk, picture())
    kept = Attachment.objects.get()
    assert (status, said["sha256"]) == (201, kept.sha256)
    assert str(kept.public_id) in said["item"]
    assert "csrfmiddlewaretoken" in said["item"]
    assert ask(desks.clerk, b"<html>")[0] == 422
    assert ask(desks.clerk)[0] == 422
    assert ask(desks.member, picture())[0] == 403
    assert "message" in ask(desks.member, picture())[1]
