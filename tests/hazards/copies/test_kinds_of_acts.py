"""Copies and public answers of what was lodged unsigned, signed later, or on paper."""

import hashlib

import pytest
from django.urls import reverse

from hazards.models import CopyOfRecord, Seal
from hazards.queries.copies import code_of
from hazards.services import copies
from tests.factories import NOW, signed_in, stranger
from tests.factories_reports import (
    UNSIGNED_BECAUSE,
    Desks,
    enter_paper,
    make_lodged,
    sign_later,
)
from tests.pdf_text import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def taken(desks: Desks, name: str, seal: Seal) -> bytes:
    report = seal.version.report
    url = reverse(name, args=[report.public_id, seal.version.ordinal])
    response = signed_in(desks.reviewer).get(url)
    assert response.status_code == 200
    return response.content


def answer(seal: Seal) -> str:
    """What the public page says."""
    response = stranger().get(reverse("verify-code", args=[code_of(seal)]))
    assert response.status_code == 200
    return response.content.decode()


def test_what_was_lodged_unsigned_says_so_everywhere(desks: Desks) -> None:
    report = make_lodged(desks)
    seal = Seal.objects.get(version__report=report)

    said = text_of(taken(desks, "report-copy", seal))

    leader = desks.leader.user.full_name
    assert f"检查小组组长（主要负责人未签字）{leader}" in said
    assert "".join(UNSIGNED_BECAUSE.split()) in said
    assert "主要负责人已签字" not in said
    page = answer(seal)
    assert "Genuine" in page
    assert "without the principal's signature" in page
    assert leader not in page


def test_a_later_signature_has_its_own_copy_and_the_first_keeps_its_bytes(
    desks: Desks,
) -> None:
    report = make_lodged(desks)
    lodged = Seal.objects.get(version__report=report)
    before = taken(desks, "report-copy", lodged)

    later = sign_later(report, desks)

    assert taken(desks, "report-copy", lodged) == before
    said = text_of(taken(desks, "report-later-copy", later))
    for words in (
        "补签页（副本）",
        f"原回执编号{lodged.receipt_number}",
        lodged.content_sha256,
        f"主要负责人（补签）{desks.principal.user.full_name}",
        "".join(desks.enterprise.name.split()),
    ):
        assert words in said
    page = answer(later)
    assert "Genuine" in page
    assert desks.enterprise.name in page
    assert "without the principal" not in page


def test_who_lodged_and_who_signed_each_find_their_own(desks: Desks) -> None:
    report = make_lodged(desks)
    lodged = Seal.objects.get(version__report=report)
    later = sign_later(report, desks)

    leaders = signed_in(desks.leader).get(reverse("signatures")).content.decode()
    principals = signed_in(desks.principal).get(reverse("signatures")).content.decode()

    assert lodged.receipt_number in leaders
    assert later.receipt_number not in leaders
    assert later.receipt_number in principals
    assert lodged.receipt_number not in principals


def test_a_paper_names_its_officer_and_its_scan(desks: Desks) -> None:
    seal = enter_paper(desks)

    said = text_of(taken(desks, "report-copy", seal))

    assert "纸质登记" in said
    assert f"应急管理部门登记人{desks.reviewer.user.full_name}" in said
    assert seal.version.paper.scan.sha256 in said
    assert "Genuine" in answer(seal)


def test_the_job_keeps_both_copies_of_one_version(desks: Desks) -> None:
    report = make_lodged(desks)
    sign_later(report, desks)

    assert copies.keep_waiting(clock=lambda: NOW) == 2

    for copy in CopyOfRecord.objects.all():
        made = copies.made(Seal.objects.get(pk=copy.seal_id))
        assert hashlib.sha256(made).hexdigest() == copy.sha256
