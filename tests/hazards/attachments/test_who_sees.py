"""Files obey the same rows as pages: out of sight is 404, at once (S7)."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Acting
from hazards.models import Attachment
from tests.factories_reports import Desks, make_desks, make_report
from tests.hazards.attachments.files import make_photo

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
