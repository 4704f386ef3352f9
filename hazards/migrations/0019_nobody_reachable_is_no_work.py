"""
A flag that stands because nobody can be reached is no work for the clock: whoever can
be reached again is in the queue of changes (accounts 0006).
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("hazards.migrations.0013_is_anything_due").MAKE
_FLAG = """            OR EXISTS (
                SELECT FROM hazards_complianceflag
                WHERE kind = 'nobody_reachable' AND status = 'standing'
            )
"""
_REPLACE = _BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_reachable_again"),
        ("hazards", "0018_faults_of_bureaus"),
    ]

    operations = [migrations.RunSQL(_REPLACE.replace(_FLAG, ""), _REPLACE)]
