from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0003_fill_in_time_and_tallies")]

    operations = [
        migrations.AddConstraint(
            model_name='selfinspectionreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_received_at__isnull', True), ('in_time__isnull', True)), models.Q(('first_received_at__isnull', False), ('in_time__isnull', False)), _connector='OR'), name='report_received_is_in_time_or_not'),
        ),
    ]
