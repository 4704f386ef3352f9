"""The command as an operator runs it."""

from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

from hazards.models import ReportStatus
from tests.factories_reports import Desks, make_report

pytestmark = pytest.mark.django_db(transaction=True)


def verify(*arguments: str) -> str:
    """Run the command and return what it printed."""
    printed = StringIO()
    call_command("verify_records", *arguments, stdout=printed)
    return printed.getvalue()


def test_what_stands_is_counted_in_one_line(desks: Desks) -> None:
    make_report(desks, status=ReportStatus.ACCEPTED)

    assert verify() == "1 reports, 1 seals of 1 enterprises verified\n"
    assert verify("--enterprise", desks.enterprise.uscc) == verify()


def test_a_row_that_a_superuser_changed_ends_with_status_1(
    desks: Desks, as_superuser: psycopg.Connection
) -> None:
    report = make_report(desks, status=ReportStatus.ACCEPTED)
    as_superuser.execute("SET session_replication_role = replica")
    as_superuser.execute("UPDATE hazards_reportversion SET remarks = '有隐患'")
    as_superuser.commit()

    with pytest.raises(CommandError) as refused:
        verify()

    assert refused.value.returncode == 1
    assert report.number in str(refused.value)
    assert "statement.remarks: '无' was sealed, '有隐患' is stored" in str(
        refused.value
    )


def test_an_unknown_enterprise_is_not_taken_for_a_sound_one(desks: Desks) -> None:
    with pytest.raises(CommandError, match="check the code"):
        verify("--enterprise", "91211221MA00000000")
