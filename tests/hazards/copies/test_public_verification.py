"""Anybody with a copy learns whether it is genuine, and nothing more."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hazards.models import ChainEntry, ReportStatus, Seal
from hazards.queries.copies import code_of
from hazards.queries.public_verification import tidy
from hazards.rules import seals
from tests.database.stages import stage
from tests.factories import stranger
from tests.factories_reports import Desks, make_report

pytestmark = pytest.mark.django_db


@stage
def seal(desks: Desks) -> Seal:
    report = make_report(desks, status=ReportStatus.RECEIVED)
    return Seal.objects.get(version__report=report)


def ask(code: str) -> tuple[int, str]:
    response = stranger().get(reverse("verify-code", args=[code]))
    assert response.headers["X-Robots-Tag"] == "noindex"
    return response.status_code, response.content.decode()


def test_a_genuine_code_is_told_with_what_may_be_compared(
    seal: Seal, desks: Desks
) -> None:
    status, page = ask(code_of(seal))

    assert status == 200
    for told in ("Genuine", desks.enterprise.name, "2026 Q2", seal.content_sha256):
        assert told in page


def test_nothing_else_is_told(seal: Seal, desks: Desks) -> None:
    _, page = ask(code_of(seal))

    for kept in (
        desks.principal.user.full_name,
        desks.leader.user.full_name,
        desks.enterprise.uscc,
        seal.version.report.number,
        str(seal.version.report.public_id),
        "全部车间和仓库",
        seal.factor,
        seal.chain_entry.entry_sha256,
    ):
        assert kept not in page


@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"),
        lambda code: code[:-1],
        lambda code: code + "0",
        lambda code: "HZ-20200101-00000000" + code[20:],
        lambda code: code[:20],
        lambda code: "nonsense",
        lambda code: "％' OR 1=1 --",
    ],
)
def test_an_unknown_or_damaged_code_is_one_plain_sentence(
    seal: Seal, spoil: Callable[[str], str]
) -> None:
    status, page = ask(spoil(code_of(seal)))

    assert status == 404
    assert "There is no copy with this code" in page
    assert seal.content_sha256 not in page


def test_a_wrong_number_and_wrong_digits_go_the_same_way(seal: Seal) -> None:
    right = code_of(seal)
    asked = []
    for code in (f"HZ-20200101-00000000{right[20:]}", f"{right[:21]}{'0' * 12}"):
        with CaptureQueriesContext(connection) as captured:
            ask(code)
        asked.append(len(captured))

    assert asked[0] == asked[1] <= 1


def test_codes_are_read_as_people_type_them(seal: Seal) -> None:
    code = code_of(seal)

    for typed in (code.lower(), code.replace("-", "－"), f" {code[:9]} {code[9:]} "):
        assert ask(typed)[0] == 200
        assert tidy(typed) == code


def test_the_form_leads_to_the_answer(seal: Seal) -> None:
    client = stranger()
    form = client.get(reverse("verify"))
    answer = client.get(reverse("verify"), {"code": code_of(seal)}, follow=True)

    assert form.status_code == 200
    assert '<meta name="robots" content="noindex">' in form.content.decode()
    assert "Genuine" in answer.content.decode()


# What a superuser changes past every trigger.
TAMPERING: dict[str, tuple[type[Model], str, Callable[[Seal], Any]]] = {
    "content": (Seal, "content", lambda seal: bytes(seal.content) + b" "),
    "digest": (
        Seal,
        "content_sha256",
        lambda seal: seals.digest(b"something else"),
    ),
    "receipt time": (
        Seal,
        "received_at",
        lambda seal: seal.received_at.replace(second=59),
    ),
    "link": (ChainEntry, "entry_sha256", lambda seal: seals.digest(b"another")),
    "envelope": (ChainEntry, "envelope", lambda seal: "{}"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_altered_is_not_called_genuine(
    seal: Seal, desks: Desks, past_all_rights: None, what: str
) -> None:
    code = code_of(seal)
    model, column, value = TAMPERING[what]
    key = seal.pk if model is Seal else seal.chain_entry.pk
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE id = %s",  # noqa: S608
            [value(seal), key],
        )

    status, page = ask(code)

    assert status == 200
    assert "Not to be relied on" in page
    assert "Genuine" not in page
    assert desks.enterprise.name not in page
