"""The command as an operator runs it."""

from io import StringIO

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from hazards.models import Attachment, ReportStatus
from hazards.services.attachments import address
from tests.factories_reports import Desks, make_report
from tests.hazards.records.conftest import make_attachment

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


class TestFiles:
    """With --files every stored file is read."""

    @pytest.fixture
    def attachment(self, desks: Desks) -> Attachment:
        content = b"a photo"
        attachment = make_attachment(desks, content=content)
        default_storage.save(address(attachment.sha256), ContentFile(content))
        return attachment

    def test_files_that_are_as_they_were_hold(self, attachment: Attachment) -> None:
        assert verify("--files", "--enterprise", attachment.enterprise.uscc)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"another", "holds other bytes"),
            (None, "cannot be read"),
        ],
    )
    def test_a_file_that_is_gone_or_changed_is_named(
        self, attachment: Attachment, content: bytes | None, words: str
    ) -> None:
        default_storage.delete(address(attachment.sha256))
        if content is not None:
            default_storage.save(address(attachment.sha256), ContentFile(content))

        with pytest.raises(CommandError, match=words) as refused:
            verify("--files")

        assert refused.value.returncode == 1
        assert str(attachment.public_id) in str(refused.value)
        assert attachment.enterprise.uscc in str(refused.value)
        assert verify()

    def test_a_changed_size_is_named(
        self, attachment: Attachment, as_superuser: psycopg.Connection
    ) -> None:
        as_superuser.execute("SET session_replication_role = replica")
        as_superuser.execute("UPDATE hazards_attachment SET size = size + 1")
        as_superuser.commit()
        with pytest.raises(
            CommandError, match="its size is 8 bytes, that of its file 7"
        ):
            verify("--files")


def test_an_unknown_enterprise_is_not_taken_for_a_sound_one(desks: Desks) -> None:
    with pytest.raises(CommandError, match="check the code"):
        verify("--enterprise", "91211221MA00000000")
