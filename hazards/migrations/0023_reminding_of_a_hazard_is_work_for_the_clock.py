"""
A hazard's reminder that has come is work for the clock; a hazard that is graded down or
struck out before its report is none. Hazards on the books from before are brought to
their next step by the clock: what was to be said of them before now is not said.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = (
    import_module("hazards.migrations.0019_nobody_reachable_is_no_work")
    .Migration.operations[0]
    .sql
)
_LOOKED_AT = "OR (SELECT min(remind_at) FROM hazards_obligation) <= at"
_UNREPORTED = "WHERE first_reported_at IS NULL AND registered_at <= at"
_AFTER = _BEFORE.replace(
    _LOOKED_AT,
    f"""{_LOOKED_AT}
            OR (SELECT min(remind_at) FROM hazards_majorhazard) <= at""",
).replace(_UNREPORTED, f"{_UNREPORTED}\n                    AND state = 'registered'")

BEGIN = """
    UPDATE hazards_majorhazard SET remind_at = now() WHERE state IN (
        'reported', 'planned', 'rectifying', 'awaiting_recheck'
    )
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0022_reminders_of_hazards")]

    operations = [
        migrations.RunSQL(_AFTER, _BEFORE),
        migrations.RunSQL(BEGIN, migrations.RunSQL.noop),
    ]
