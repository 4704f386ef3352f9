from django.db import migrations

FILL = """
    UPDATE hazards_selfinspectionreport AS report SET in_time = seal.in_time
    FROM hazards_seal AS seal
    JOIN hazards_reportversion AS version ON version.id = seal.version_id
    WHERE version.report_id = report.id AND report.in_time IS NULL
      AND seal.received_at = report.first_received_at;

    INSERT INTO hazards_reporttally (bureau_id, status, change)
    SELECT bureau_id, status, count(*) FROM hazards_selfinspectionreport
    WHERE bureau_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM hazards_reporttally)
    GROUP BY bureau_id, status;
"""


class Migration(migrations.Migration):
    dependencies = [("hazards", "0002_whole_quarter")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop, elidable=True)]
