"""What the application's role may not do, whatever the code asks (promise S2)."""

import pytest
from django.apps import apps
from django.db import connection

APPEND_ONLY = {
    "accounts_event",
    "accounts_notice",
    "hazards_chainentry",
    "hazards_copyofrecord",
    "hazards_decision",
    "hazards_determination",
    "hazards_drift",
    "hazards_duechange",
    "hazards_finding",
    "hazards_findingassessment",
    "hazards_findingmatch",
    "hazards_findingphoto",
    "hazards_flagevent",
    "hazards_hazardact",
    "hazards_hazardactfile",
    "hazards_hazardgrading",
    "hazards_hazardhandover",
    "hazards_hazardprogress",
    "hazards_hazardtelling",
    "hazards_matchanswer",
    "hazards_matchsecond",
    "hazards_objection",
    "hazards_objectionanswer",
    "hazards_objectionfile",
    "hazards_opening",
    "hazards_paperreceipt",
    "hazards_reminder",
    "hazards_reporttransfer",
    "hazards_repudiation",
    "hazards_reviewcomment",
    "hazards_seal",
    "hazards_signedopinion",
    "hazards_spotcheckassistant",
    "hazards_spotcheckofficer",
    "hazards_waiver",
}
pytestmark = pytest.mark.django_db


def ask(question: str, *values: str) -> list[tuple[object, ...]]:
    """Return the rows."""
    with connection.cursor() as cursor:
        cursor.execute(question, list(values))
        return list(cursor.fetchall())


def test_tests_act_as_the_application(settings: object) -> None:
    assert ask("SELECT current_user") == [("portal_application",)]
    assert ask(
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
        " FROM pg_roles WHERE rolname = current_user"
    ) == [(False,) * 5]


def test_the_application_owns_nothing() -> None:
    owned = ask(
        "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        " UNION SELECT proname FROM pg_proc"
        " WHERE pg_get_userbyid(proowner) = current_user"
        " UNION SELECT nspname FROM pg_namespace"
        " WHERE pg_get_userbyid(nspowner) = current_user"
    )
    assert owned == []


def test_the_application_is_member_of_no_role_that_owns() -> None:
    assert (
        ask(
            "SELECT rolname FROM pg_roles WHERE rolname <> current_user"
            " AND pg_has_role(current_user, oid, 'member')"
        )
        == []
    )


def test_no_table_is_truncated_or_changed_in_shape_by_the_application() -> None:
    tables = [model._meta.db_table for model in apps.get_models()]
    assert len(tables) > 20
    for table in tables:
        for right in ("TRUNCATE", "REFERENCES", "TRIGGER"):
            assert ask("SELECT has_table_privilege(%s, %s)", table, right) == [(False,)]
    assert ask("SELECT has_schema_privilege('public', 'CREATE')") == [(False,)]


def test_append_only_tables_are_those_named_here() -> None:
    named = ask(
        "SELECT relname FROM pg_class JOIN pg_trigger ON tgrelid = pg_class.oid"
        " WHERE starts_with(tgname, 'pgtrigger_append_only_rows_')"
    )
    assert {table for (table,) in named} == APPEND_ONLY


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_the_application_only_reads_and_adds_to_append_only_tables(table: str) -> None:
    rights = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
    held = [
        right
        for right in rights
        if ask("SELECT has_table_privilege(%s, %s)", table, right) == [(True,)]
    ]
    assert held == ["SELECT", "INSERT"]
    assert ask("SELECT has_any_column_privilege(%s, 'UPDATE')", table) == [(False,)]


def test_the_application_cannot_switch_triggers_off() -> None:
    assert ask("SELECT has_parameter_privilege('session_replication_role', 'SET')") == [
        (False,)
    ]
