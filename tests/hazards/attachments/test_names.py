"""What a file is called reaches eyes, and neither a path nor a header (S18)."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from hazards.models import Attachment
from hazards.services.uploads import LONGEST_NAME, shown_name
from tests.factories_reports import Desks, make_report
from tests.hazards.attachments.files import make_photo, picture, upload

NAMES = {
    "../../../etc/passwd": "passwd",
    "..\\..\\windows\\system32\\a.jpg": "a.jpg",
    "/etc/shadow": "shadow",
    "..": "..",
    "": "—",
    "/": "—",
    "a\x00.jpg": "a.jpg",
    "photo\u202egpj.exe": "photogpj.exe",
    "a\u200b\u2066b.jpg": "ab.jpg",
    "CON": "CON",
    "a.jpg\r\nX-Injected: yes": "a.jpg X-Injected: yes",
    'a"; filename="b.exe': 'a"; filename="b.exe',
    "隐患" * 150 + ".jpg": "隐患" * 60,
    "<script>alert(1)</script>.jpg": "script>.jpg",
    "２号炉　照片.jpg": "２号炉 照片.jpg",
}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_is_one_line_that_can_be_seen(name: str) -> None:
    assert shown_name(name) == NAMES[name]
    assert len(shown_name(name)) <= LONGEST_NAME


@pytest.mark.django_db
def test_no_name_leaves_the_store_or_enters_a_header(desks: Desks) -> None:
    report = make_report(desks)
    hazard = make_photo(report, desks).hazard
    client = Client()
    client.force_login(desks.clerk.user)
    url = reverse("hazard-photos", args=[report.public_id, hazard.public_id])
    parent = Path(default_storage.path("")).parent
    before = outside(parent)

    for number, name in enumerate(NAMES):
        file = upload(picture(size=(50 + number, 40)))
        # Past what Django itself would take away.
        vars(file)["_name"] = name
        client.post(url, {"photos": [file]})

    assert outside(parent) == before
    kept = Attachment.objects.filter(enterprise=desks.enterprise)
    assert kept.count() > 5
    for attachment in kept:
        answer = client.get(reverse("attachment", args=[attachment.public_id]))
        said = answer.headers["Content-Disposition"]
        assert said.startswith(f'inline; filename="{hazard.number}-')
        assert said.isascii()
        assert "X-Injected" not in answer.headers


def outside(folder: Path) -> set[Path]:
    """Every file beside the store, and in it whatever is not called by a digest."""
    return {
        path
        for path in folder.rglob("*")
        if path.is_file() and not (len(path.name) == 64 and path.name.isalnum())
    }
