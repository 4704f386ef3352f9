"""What the clock asks every minute, as a function: its plan is kept."""

from django.db import migrations

# `min` goes to the first entry of an index; of a condition PostgreSQL guesses how many
# rows meet it, and may read the whole table for the first.
MAKE = """
    CREATE FUNCTION hazards_is_anything_due(
        at timestamptz, today date, this_year integer, this_quarter integer
    ) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN coalesce(
            NOT EXISTS (
                SELECT FROM hazards_opening WHERE kind = 'quarter'
                    AND year = this_year AND quarter_number = this_quarter
            )
            OR (SELECT min(from_on) FROM accounts_enterprisechange) <= today
            OR (
                SELECT min(due_at) FROM hazards_obligation WHERE state = 'not_due'
            ) < at
            OR (SELECT min(look_at) FROM hazards_obligation) <= at
            OR (SELECT min(remind_at) FROM hazards_obligation) <= at
            OR EXISTS (
                SELECT FROM hazards_reminderline WHERE notice_id IS NULL
                    AND parked_in_id IS NULL AND dropped_at IS NULL
            )
            OR EXISTS (
                SELECT FROM hazards_complianceflag
                WHERE kind = 'nobody_reachable' AND status = 'standing'
            )
            OR EXISTS (
                SELECT FROM hazards_majorhazard hazard
                WHERE first_reported_at IS NULL AND registered_at <= at
                    AND NOT EXISTS (
                        SELECT FROM hazards_complianceflag flag
                        WHERE flag.hazard_id = hazard.id
                    )
            ),
            false
        );
    END $$;
"""
DROP = "DROP FUNCTION hazards_is_anything_due(timestamptz, date, integer, integer)"


class Migration(migrations.Migration):
    dependencies = [("hazards", "0012_fewer_indexes_of_duties")]

    operations = [migrations.RunSQL(MAKE, DROP)]
