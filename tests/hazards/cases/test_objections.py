"""What an enterprise states, and what is answered, stays on record."""

import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError, ProgrammingError

from accounts.models import Acting, Notice
from accounts.permissions import NotPermittedError, RefusedError
from hazards.models import Objection
from hazards.services import objections
from tests.factories_reports import make_scan
from tests.hazards.cases.conftest import HOUR, Case, reported_case

pytestmark = pytest.mark.django_db
UPDATE = {
    "objection": "UPDATE hazards_objection SET text = 'x'",
    "objectionanswer": "UPDATE hazards_objectionanswer SET text = 'x'",
}
WORDS = "我单位已于到达前上报该隐患，请核对。"


def state(case: Case, *, by: Acting | None = None, **changes: object) -> Objection:
    """The principal objects, with a document."""
    said: dict[str, object] = {
        "finding_id": case.finding.pk,
        "key": uuid.uuid4(),
        "text": WORDS,
        "files": [make_scan(case.desks, of="申辩材料")],
    }
    return objections.state(
        **{**said, **changes},  # type: ignore[arg-type]
        by=by or case.desks.principal,
        at=case.at,
    )


class TestState:
    @pytest.mark.parametrize("who", ["principal", "leader", "clerk"])
    def test_is_said_by_whoever_speaks_for_it(self, reported: Case, who: str) -> None:
        objection = state(reported, by=getattr(reported.desks, who))

        assert objection.text == WORDS
        assert objection.files.count() == 1

    @pytest.mark.parametrize("who", ["member", "reviewer", "head"])
    def test_is_said_by_nobody_else(self, reported: Case, who: str) -> None:
        with pytest.raises(NotPermittedError):
            state(reported, by=getattr(reported.desks, who))

    def test_sent_twice_is_one(self, reported: Case) -> None:
        key = uuid.uuid4()

        assert state(reported, key=key) == state(reported, key=key)

    def test_needs_words_and_own_files(self, reported: Case) -> None:
        other = reported_case()

        with pytest.raises(RefusedError, match="Say what"):
            state(reported, text="  ")
        with pytest.raises(RefusedError, match="another enterprise's"):
            state(reported, files=[make_scan(other.desks)])
        with pytest.raises(NotPermittedError):
            state(reported, by=other.desks.principal)

    def test_tells_who_decides(self, reported: Case) -> None:
        state(reported)

        told = Notice.objects.filter(kind="objection_stated")
        assert {row.recipient_id for row in told} == {
            reported.decider.user.pk,
            reported.desks.head.user.pk,
        }


class TestAnswer:
    def test_tells_the_enterprise_and_stands(self, reported: Case) -> None:
        objection = state(reported)
        said = {"objection_id": objection.pk, "text": "已复核，维持。"}

        objections.answer(**said, by=reported.decider, at=reported.at + HOUR)  # type: ignore[arg-type]

        assert Notice.objects.filter(
            kind="objection_answered", recipient=reported.desks.principal.user
        ).exists()
        with pytest.raises(RefusedError, match="already"):
            objections.answer(**said, by=reported.decider, at=reported.at + HOUR)  # type: ignore[arg-type]

    def test_is_given_by_nobody_who_inspected(self, reported: Case) -> None:
        objection = state(reported)

        for by in (reported.visited.officer, reported.desks.reviewer):
            with pytest.raises(NotPermittedError):
                objections.answer(
                    objection_id=objection.pk, text="维持。", by=by, at=reported.at
                )

    @pytest.mark.parametrize("table", ["objection", "objectionanswer"])
    def test_is_never_changed(self, reported: Case, table: str) -> None:
        objection = state(reported)
        objections.answer(
            objection_id=objection.pk,
            text="维持。",
            by=reported.decider,
            at=reported.at,
        )

        with (
            pytest.raises((InternalError, ProgrammingError)),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(UPDATE[table])
