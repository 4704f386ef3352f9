"""What becomes of a hazard after it is registered; reports about one hazard."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


# Hazards on record before their lives were kept: where their receipts have brought them.
STATES = """
    SET CONSTRAINTS ALL IMMEDIATE;
    UPDATE hazards_majorhazard SET state = 'registered'
    WHERE registered_at IS NOT NULL AND first_reported_at IS NULL;
    UPDATE hazards_majorhazard hazard SET state = 'reported', bureau_id = (
        SELECT report.bureau_id FROM hazards_hazardstatement stated
        JOIN hazards_reportversion version ON version.id = stated.version_id
        JOIN hazards_selfinspectionreport report ON report.id = version.report_id
        WHERE stated.hazard_id = hazard.id AND version.sealed_at IS NOT NULL
        ORDER BY version.sealed_at DESC LIMIT 1
    )
    WHERE first_reported_at IS NOT NULL;
    UPDATE hazards_majorhazard hazard
    SET state = 'planned', planned_at = first.received_at, due_on = first.due_on
    FROM (
        SELECT DISTINCT ON (stated.hazard_id)
            stated.hazard_id, seal.received_at, stated.due_on
        FROM hazards_hazardstatement stated
        JOIN hazards_seal seal ON seal.version_id = stated.version_id
        WHERE seal.kind <> 'later_signature' AND stated.due_on IS NOT NULL
            AND '' <> ALL (ARRAY[
                btrim(plan_goals), btrim(plan_measures), btrim(plan_funds),
                btrim(plan_people), btrim(plan_schedule), btrim(plan_emergency)
            ])
        ORDER BY stated.hazard_id, seal.id
    ) first
    WHERE hazard.id = first.hazard_id AND hazard.state = 'reported';
    SET CONSTRAINTS ALL DEFERRED;
"""

# The acts that brought them there, by who registered, and who signed or entered.
ACTS = """
    SET CONSTRAINTS ALL IMMEDIATE;
    INSERT INTO hazards_hazardact
        (key, hazard_id, kind, at, by_id, text, from_state, to_state)
    SELECT gen_random_uuid(), id, 'register', registered_at, registered_by_id, '',
        'found', 'registered'
    FROM hazards_majorhazard WHERE registered_at IS NOT NULL ORDER BY id;
    INSERT INTO hazards_hazardact
        (key, hazard_id, kind, at, by_id, text, from_state, to_state)
    SELECT gen_random_uuid(), hazard.id, 'report', first.signed_at, first.signed_by_id,
        '', 'registered', 'reported'
    FROM hazards_majorhazard hazard CROSS JOIN LATERAL (
        SELECT seal.signed_at, seal.signed_by_id FROM hazards_hazardstatement stated
        JOIN hazards_seal seal ON seal.version_id = stated.version_id
        WHERE stated.hazard_id = hazard.id AND seal.kind <> 'later_signature'
        ORDER BY seal.id LIMIT 1
    ) first
    WHERE hazard.state IN ('reported', 'planned') ORDER BY hazard.id;
    INSERT INTO hazards_hazardact
        (key, hazard_id, kind, at, by_id, text, from_state, to_state)
    SELECT gen_random_uuid(), hazard.id, 'receive-plan', first.signed_at,
        first.signed_by_id, '', 'reported', 'planned'
    FROM hazards_majorhazard hazard CROSS JOIN LATERAL (
        SELECT seal.signed_at, seal.signed_by_id FROM hazards_hazardstatement stated
        JOIN hazards_seal seal ON seal.version_id = stated.version_id
        WHERE stated.hazard_id = hazard.id AND seal.kind <> 'later_signature'
            AND seal.received_at = hazard.planned_at
        ORDER BY seal.id LIMIT 1
    ) first
    WHERE hazard.state = 'planned' ORDER BY hazard.id;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_given_up_deliveries'),
        ('hazards', '0019_nobody_reachable_is_no_work'),
    ]

    operations = [
        migrations.CreateModel(
            name='GeneralHazard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('place', models.CharField(max_length=200)),
                ('description', models.TextField()),
                ('reason', models.TextField(blank=True)),
                ('found_on', models.DateField()),
                ('responsible_person', models.CharField(blank=True, max_length=60)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('recorded_at', models.DateTimeField()),
                ('rectified_on', models.DateField(blank=True, null=True)),
                ('measures', models.TextField(blank=True)),
                ('funds_spent', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ('rectified_at', models.DateTimeField(blank=True, null=True)),
                ('struck_at', models.DateTimeField(blank=True, null=True)),
                ('struck_because', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='HazardAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('register', 'put on record'), ('report', 'reported'), ('receive-plan', 'treatment plan received'), ('progress', 'progress'), ('tell', 'people told of it'), ('ask-extension', 'more time asked for'), ('answer-extension', 'more time answered'), ('record-acceptance', 'acceptance recorded'), ('return-acceptance', 'acceptance given back'), ('confirm-acceptance', 'accepted by the enterprise'), ('apply-for-recheck', 're-check applied for'), ('order-recheck', 're-check ordered'), ('pass-recheck', 're-check passed, closed'), ('fail-recheck', 're-check failed'), ('close', 'closed by the enterprise'), ('downgrade', 'graded down to general'), ('grade-major', 'graded major again'), ('void', 'struck out as reported in error'), ('hand-over', 'handed over to another department'), ('order', 'ordered by the bureau'), ('lift-order', 'order lifted'), ('list', 'supervision listed'), ('delist', 'supervision ended')], max_length=20)),
                ('at', models.DateTimeField()),
                ('text', models.TextField(blank=True)),
                ('on', models.DateField(blank=True, null=True)),
                ('from_state', models.CharField(choices=[('found', 'not registered yet'), ('registered', 'registered'), ('reported', 'reported'), ('planned', 'plan received'), ('rectifying', 'being rectified'), ('accepted', 'accepted by the enterprise'), ('awaiting_recheck', 'waiting for re-check'), ('closed', 'closed'), ('downgraded', 'graded down to general'), ('voided', 'struck out as reported in error'), ('handed_over', 'handed over to another department')], max_length=20)),
                ('to_state', models.CharField(choices=[('found', 'not registered yet'), ('registered', 'registered'), ('reported', 'reported'), ('planned', 'plan received'), ('rectifying', 'being rectified'), ('accepted', 'accepted by the enterprise'), ('awaiting_recheck', 'waiting for re-check'), ('closed', 'closed'), ('downgraded', 'graded down to general'), ('voided', 'struck out as reported in error'), ('handed_over', 'handed over to another department')], max_length=20)),
                ('typed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='HazardActFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.CharField(choices=[('before', 'before rectification'), ('after', 'after rectification'), ('document', 'document')], max_length=10)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='majorhazard',
            name='hazard_identity_is_kept',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='selfinspectionreport',
            name='identity_is_kept',
        ),
        migrations.RemoveConstraint(
            model_name='seal',
            name='seal_in_time_agrees_with_its_instants',
        ),
        migrations.RemoveConstraint(
            model_name='selfinspectionreport',
            name='report_quarter_number_is_1_to_4',
        ),
        migrations.RemoveConstraint(
            model_name='selfinspectionreport',
            name='report_received_is_in_time_or_not',
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='accepted_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='bureau',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.bureau'),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='closed_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='due_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='extension_asked_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='is_ordered',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='listed',
            field=models.CharField(blank=True, choices=[('county', 'listed by the county'), ('city', 'listed by the city'), ('province', 'listed by the province')], max_length=10),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='planned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='recheck_due_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='recurrence_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recurrences', to='hazards.majorhazard'),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='state',
            field=models.CharField(choices=[('found', 'not registered yet'), ('registered', 'registered'), ('reported', 'reported'), ('planned', 'plan received'), ('rectifying', 'being rectified'), ('accepted', 'accepted by the enterprise'), ('awaiting_recheck', 'waiting for re-check'), ('closed', 'closed'), ('downgraded', 'graded down to general'), ('voided', 'struck out as reported in error'), ('handed_over', 'handed over to another department')], default='found', max_length=20),
        ),
        migrations.AddField(
            model_name='majorhazard',
            name='stop_ordered',
            field=models.CharField(blank=True, choices=[('part', 'part of the work stopped'), ('whole', 'all work stopped')], max_length=10),
        ),
        migrations.AddField(
            model_name='reportversion',
            name='table',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='selfinspectionreport',
            name='hazard',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='hazards.majorhazard'),
        ),
        migrations.AddField(
            model_name='selfinspectionreport',
            name='kind',
            field=models.CharField(choices=[('quarterly', 'quarterly report'), ('hazard', 'report of a major hazard'), ('plan', 'treatment plan')], default='quarterly', max_length=20),
        ),
        migrations.AlterField(
            model_name='seal',
            name='due_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='seal',
            name='due_is_provisional',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='seal',
            name='in_time',
            field=models.BooleanField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='selfinspectionreport',
            name='quarter_number',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='selfinspectionreport',
            name='year',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.RunSQL(STATES, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='majorhazard',
            index=models.Index(condition=models.Q(('state__in', ('registered', 'reported', 'planned', 'rectifying'))), fields=['bureau', 'due_on', 'id'], name='hazard_by_deadline'),
        ),
        migrations.AddIndex(
            model_name='majorhazard',
            index=models.Index(condition=models.Q(('state__in', ('registered', 'reported', 'planned', 'rectifying', 'accepted', 'awaiting_recheck'))), fields=['bureau', 'first_reported_at', 'id'], name='hazard_by_age'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='majorhazard',
            trigger=pgtrigger.compiler.Trigger(name='state_moves_as_the_table_says', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{found:registered,registered:reported,reported:planned,planned:rectifying,reported:accepted,planned:accepted,rectifying:accepted,accepted:awaiting_recheck,accepted:closed,awaiting_recheck:closed,awaiting_recheck:rectifying,registered:downgraded,reported:downgraded,planned:downgraded,rectifying:downgraded,reported:voided,reported:handed_over,planned:voided,planned:handed_over,rectifying:voided,rectifying:handed_over,downgraded:registered}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='cac37e68dca729d4bc8b8502ff8badd1a8835ba6', operation='UPDATE', pgid='pgtrigger_state_moves_as_the_table_says_ead32', table='hazards_majorhazard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='majorhazard',
            trigger=pgtrigger.compiler.Trigger(name='hazard_begins_unregistered', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."state" IS DISTINCT FROM \'found\')', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='3dc781b17e3035ccba3b9513417606c22ddf9fa0', operation='INSERT', pgid='pgtrigger_hazard_begins_unregistered_9f7db', table='hazards_majorhazard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='majorhazard',
            trigger=pgtrigger.compiler.Trigger(name='moves_with_its_act', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" IS DISTINCT FROM (NEW."state"))', constraint='CONSTRAINT', func="\n                IF NOT EXISTS (\n                    SELECT FROM hazards_hazardact act\n                    WHERE act.hazard_id = NEW.id AND act.from_state = OLD.state\n                      AND act.to_state = NEW.state\n                ) THEN\n                    RAISE EXCEPTION 'a hazard moves with its act';\n                END IF;\n                RETURN NULL;\n            ", hash='8c4ec51cd046d0afdc22746037f75f61347401f0', operation='UPDATE', pgid='pgtrigger_moves_with_its_act_2a826', table='hazards_majorhazard', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='majorhazard',
            trigger=pgtrigger.compiler.Trigger(name='hazard_identity_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."enterprise_id" IS DISTINCT FROM (NEW."enterprise_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."recurrence_of_id" IS DISTINCT FROM (NEW."recurrence_of_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3ac357f21256ce51508d307ecdbc679bcc974c5b', operation='UPDATE', pgid='pgtrigger_hazard_identity_is_kept_acc6e', table='hazards_majorhazard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='majorhazard',
            trigger=pgtrigger.compiler.Trigger(name='plan_receipt_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."planned_at" IS NOT NULL AND OLD."planned_at" IS DISTINCT FROM (NEW."planned_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3718adc7e6d655acd839bb1223e70fa374233b8f', operation='UPDATE', pgid='pgtrigger_plan_receipt_is_kept_0b847', table='hazards_majorhazard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='selfinspectionreport',
            trigger=pgtrigger.compiler.Trigger(name='identity_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."enterprise_id" IS DISTINCT FROM (NEW."enterprise_id") OR OLD."year" IS DISTINCT FROM (NEW."year") OR OLD."quarter_number" IS DISTINCT FROM (NEW."quarter_number") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."hazard_id" IS DISTINCT FROM (NEW."hazard_id") OR OLD."number" IS DISTINCT FROM (NEW."number"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='142199e06e755e8eea761f6445438e0c2c9e8e38', operation='UPDATE', pgid='pgtrigger_identity_is_kept_9f55c', table='hazards_selfinspectionreport', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='majorhazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('registered_at__isnull', True), ('state', 'found')), models.Q(models.Q(('state', 'found'), _negated=True), ('registered_at__isnull', False)), _connector='OR'), name='hazard_state_agrees_with_its_registration'),
        ),
        migrations.AddConstraint(
            model_name='majorhazard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['found', 'registered', 'downgraded']), models.Q(('bureau__isnull', False), ('first_reported_at__isnull', False)), _connector='OR'), name='hazard_is_reported_before_it_is_rectified'),
        ),
        migrations.AddConstraint(
            model_name='majorhazard',
            constraint=models.CheckConstraint(condition=models.Q(('planned_at__isnull', True), models.Q(('due_on__isnull', False), ('first_reported_at__isnull', False)), _connector='OR'), name='hazard_planned_has_a_deadline'),
        ),
        migrations.AddConstraint(
            model_name='majorhazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'awaiting_recheck'), _negated=True), ('recheck_due_on__isnull', False), _connector='OR'), name='hazard_waiting_for_recheck_has_its_day'),
        ),
        migrations.AddConstraint(
            model_name='majorhazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='hazard_closed_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='majorhazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('state__in', ['accepted', 'awaiting_recheck', 'closed'])), models.Q(models.Q(('state__in', ['accepted', 'awaiting_recheck', 'closed']), _negated=True), ('accepted_at__isnull', True)), _connector='OR'), name='hazard_accepted_has_its_time'),
        ),
        migrations.AddConstraint(
            model_name='majorhazard',
            constraint=models.CheckConstraint(condition=models.Q(('recurrence_of__isnull', True), models.Q(('recurrence_of', models.F('id')), _negated=True), _connector='OR'), name='hazard_does_not_recur_as_itself'),
        ),
        migrations.AddConstraint(
            model_name='seal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('in_time', True), ('received_at__lte', models.F('due_at'))), models.Q(('in_time', False), ('received_at__gt', models.F('due_at'))), models.Q(('due_at__isnull', True), ('in_time__isnull', True)), _connector='OR'), name='seal_in_time_agrees_with_its_instants'),
        ),
        migrations.AddConstraint(
            model_name='selfinspectionreport',
            constraint=models.CheckConstraint(condition=models.Q(('quarter_number__isnull', True), ('quarter_number__range', (1, 4)), _connector='OR'), name='report_quarter_number_is_1_to_4'),
        ),
        migrations.AddConstraint(
            model_name='selfinspectionreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('hazard__isnull', True), ('kind', 'quarterly'), ('quarter_number__isnull', False), ('year__isnull', False)), models.Q(models.Q(('kind', 'quarterly'), _negated=True), ('hazard__isnull', False), ('quarter_number__isnull', True), ('year__isnull', True)), _connector='OR'), name='report_is_of_a_quarter_or_a_hazard'),
        ),
        migrations.AddConstraint(
            model_name='selfinspectionreport',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'hazard')), fields=('hazard',), name='hazard_is_reported_by_itself_once'),
        ),
        migrations.AddConstraint(
            model_name='selfinspectionreport',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'plan'), ('status__in', ['draft', 'awaiting_signature'])), fields=('hazard',), name='hazard_has_one_plan_being_written'),
        ),
        migrations.AddConstraint(
            model_name='selfinspectionreport',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('first_received_at__isnull', True), ('in_time__isnull', True)), models.Q(('in_time__isnull', True), ('kind', 'plan')), models.Q(models.Q(('kind', 'plan'), _negated=True), ('first_received_at__isnull', False), ('in_time__isnull', False)), _connector='OR'), name='report_received_is_in_time_or_not'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='after',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hazards.attachment'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='before',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hazards.attachment'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='general_hazards', to='accounts.enterprise'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='raised_to',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='was_general', to='hazards.majorhazard'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='rectified_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.site'),
        ),
        migrations.AddField(
            model_name='generalhazard',
            name='struck_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership'),
        ),
        migrations.CreateModel(
            name='HazardAcceptance',
            fields=[
                ('recorded', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='acceptance', serialize=False, to='hazards.hazardact')),
                ('accepted_by', models.CharField(choices=[('own', 'own technicians or experts'), ('agency', 'a qualified safety evaluation agency')], max_length=10)),
                ('people', models.TextField()),
                ('agency', models.CharField(blank=True, max_length=200)),
                ('confirmed', models.BooleanField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='HazardExtension',
            fields=[
                ('asked', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='extension', serialize=False, to='hazards.hazardact')),
                ('from_on', models.DateField()),
                ('to_on', models.DateField()),
                ('interim_measures', models.TextField()),
                ('by_bureau', models.BooleanField()),
                ('approved', models.BooleanField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='HazardGrading',
            fields=[
                ('act', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='grading', serialize=False, to='hazards.hazardact')),
                ('is_major', models.BooleanField()),
                ('clause', models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='HazardListing',
            fields=[
                ('act', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='listing', serialize=False, to='hazards.hazardact')),
                ('level', models.CharField(choices=[('county', 'listed by the county'), ('city', 'listed by the city'), ('province', 'listed by the province')], max_length=10)),
                ('document_number', models.CharField(blank=True, max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='HazardOrder',
            fields=[
                ('act', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='order', serialize=False, to='hazards.hazardact')),
                ('document_number', models.CharField(blank=True, max_length=60)),
                ('due_on', models.DateField(blank=True, null=True)),
                ('stop', models.CharField(blank=True, choices=[('part', 'part of the work stopped'), ('whole', 'all work stopped')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='HazardProgress',
            fields=[
                ('act', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='progress', serialize=False, to='hazards.hazardact')),
                ('funds_spent', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ('stopped', models.CharField(blank=True, choices=[('part', 'part of the work stopped'), ('whole', 'all work stopped')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='HazardRecheck',
            fields=[
                ('asked', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='recheck', serialize=False, to='hazards.hazardact')),
                ('resumes', models.BooleanField(default=False)),
                ('due_on', models.DateField()),
                ('passed', models.BooleanField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='HazardTelling',
            fields=[
                ('act', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='telling', serialize=False, to='hazards.hazardact')),
                ('audience', models.CharField(choices=[('workers', 'workers'), ('congress', 'workers’ congress')], max_length=10)),
            ],
        ),
        migrations.AddField(
            model_name='hazardact',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='hazardact',
            name='hazard',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='hazards.majorhazard'),
        ),
        migrations.AddField(
            model_name='hazardactfile',
            name='act',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='hazards.hazardact'),
        ),
        migrations.AddField(
            model_name='hazardactfile',
            name='attachment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='act_files', to='hazards.attachment'),
        ),
        migrations.AddIndex(
            model_name='generalhazard',
            index=models.Index(fields=['enterprise', '-id'], name='general_by_enterprise'),
        ),
        migrations.AddIndex(
            model_name='generalhazard',
            index=models.Index(fields=['enterprise', 'found_on'], name='general_by_day_found'),
        ),
        migrations.AddConstraint(
            model_name='generalhazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rectified_at__isnull', True), ('rectified_on__isnull', True)), models.Q(('rectified_at__isnull', False), ('rectified_by__isnull', False), ('rectified_on__gte', models.F('found_on'))), _connector='OR'), name='general_hazard_is_rectified_after_it_is_found'),
        ),
        migrations.AddConstraint(
            model_name='generalhazard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('struck_at__isnull', True), ('struck_because', '')), models.Q(('struck_at__isnull', False), ('struck_by__isnull', False), models.Q(('struck_because', ''), _negated=True)), _connector='OR'), name='general_hazard_is_struck_out_with_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='generalhazard',
            trigger=pgtrigger.compiler.Trigger(name='said_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE'\n                       OR to_jsonb(NEW) - ARRAY['rectified_on', 'measures', 'funds_spent', 'after_id', 'rectified_at', 'rectified_by_id', 'struck_at', 'struck_by_id', 'struck_because', 'raised_to_id']\n                       <> to_jsonb(OLD) - ARRAY['rectified_on', 'measures', 'funds_spent', 'after_id', 'rectified_at', 'rectified_by_id', 'struck_at', 'struck_by_id', 'struck_because', 'raised_to_id']\n                       OR OLD.rectified_at IS NOT NULL AND (OLD.rectified_on, OLD.measures, OLD.funds_spent, OLD.after_id, OLD.rectified_at, OLD.rectified_by_id) IS DISTINCT FROM (NEW.rectified_on, NEW.measures, NEW.funds_spent, NEW.after_id, NEW.rectified_at, NEW.rectified_by_id) OR OLD.struck_at IS NOT NULL AND (OLD.struck_at, OLD.struck_by_id, OLD.struck_because) IS DISTINCT FROM (NEW.struck_at, NEW.struck_by_id, NEW.struck_because) OR OLD.raised_to_id IS NOT NULL AND (OLD.raised_to_id) IS DISTINCT FROM (NEW.raised_to_id) THEN\n                        RAISE EXCEPTION 'what was said of a hazard stays';\n                    END IF;\n                    RETURN NEW;\n                ", hash='6513581b4805582b7845812e43415d4201bcf022', operation='UPDATE OR DELETE', pgid='pgtrigger_said_once_573e0', table='hazards_generalhazard', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='generalhazard',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='b7bac8e454b5d60bae6b3ee09cfac3bec3a07a13', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_ecb63', table='hazards_generalhazard', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='hazardacceptance',
            name='answered',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers_acceptance', to='hazards.hazardact'),
        ),
        migrations.AddField(
            model_name='hazardextension',
            name='answered',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers_extension', to='hazards.hazardact'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardgrading',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1cca39ee7074978dae8040d284256a1e85ba8e51', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_06a5d', table='hazards_hazardgrading', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardgrading',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='0dccbeee2c6f4066b1f4ab1d519a4704695bebc0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_b7541', table='hazards_hazardgrading', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='hazardlisting',
            name='ended',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ends_listing', to='hazards.hazardact'),
        ),
        migrations.AddField(
            model_name='hazardorder',
            name='bureau',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.bureau'),
        ),
        migrations.AddField(
            model_name='hazardorder',
            name='lifted',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lifts_order', to='hazards.hazardact'),
        ),
        migrations.AddConstraint(
            model_name='hazardprogress',
            constraint=models.CheckConstraint(condition=models.Q(('funds_spent__isnull', True), ('funds_spent__gte', 0), _connector='OR'), name='progress_funds_are_not_negative'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardprogress',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='edc73726d3c53da0e353f63aa0cf50a8b7e03e3f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_53c4d', table='hazards_hazardprogress', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardprogress',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='b223a0a76d8f5d7dbe1d1a7e5d75d5e148ef1d3e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_0bfa4', table='hazards_hazardprogress', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='hazardrecheck',
            name='done',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='settles_recheck', to='hazards.hazardact'),
        ),
        migrations.AddField(
            model_name='hazardrecheck',
            name='first_officer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='hazardrecheck',
            name='second_officer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.membership'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardtelling',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='984e70e4ca056946e5d550e5c56c8999898e3953', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_b2f3e', table='hazards_hazardtelling', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardtelling',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='a5394d1b1063b75a6925ae8ed05b37d2c80d1cec', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_52e39', table='hazards_hazardtelling', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='hazardact',
            index=models.Index(fields=['hazard', 'id'], name='act_by_hazard'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardact',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='909d033ea0c4c493e7b91b4c0218147683a0832d', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_8d315', table='hazards_hazardact', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardact',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='15e759bf7a11cbba9784a03167f91c66b3488354', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_7ffb7', table='hazards_hazardact', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='hazardactfile',
            constraint=models.UniqueConstraint(fields=('act', 'attachment'), name='act_shows_a_file_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardactfile',
            trigger=pgtrigger.compiler.Trigger(name='append_only_rows', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2a081cbe1be3e63ee6522fb175333026e22b0b09', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_rows_6314a', table='hazards_hazardactfile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardactfile',
            trigger=pgtrigger.compiler.Trigger(name='append_only_table', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='f6d49e2ff604a8e63b852e6c7aa3656f15289b61', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_append_only_table_1491c', table='hazards_hazardactfile', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='hazardacceptance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_by', 'own'), ('agency', '')), models.Q(('accepted_by', 'agency'), models.Q(('agency', ''), _negated=True)), _connector='OR'), name='acceptance_names_its_agency'),
        ),
        migrations.AddConstraint(
            model_name='hazardacceptance',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered__isnull', True), ('confirmed__isnull', True)), models.Q(('answered__isnull', False), ('confirmed__isnull', False)), _connector='OR'), name='acceptance_answer_is_whole'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardacceptance',
            trigger=pgtrigger.compiler.Trigger(name='settled_once_never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' AND OLD.answered_id IS NULL\n                   AND NEW.answered_id IS NOT NULL\n                   AND to_jsonb(NEW) - ARRAY['answered_id', 'confirmed']\n                     = to_jsonb(OLD) - ARRAY['answered_id', 'confirmed'] THEN\n                    RETURN NEW;\n                END IF;\n                RAISE EXCEPTION 'an act is settled once and never edited';\n            ", hash='8f68eb28d8a15c226cf1f4a98b185fd38ae0fca2', operation='UPDATE OR DELETE', pgid='pgtrigger_settled_once_never_edited_1dec7', table='hazards_hazardacceptance', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardacceptance',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='18ea64d5bbfa478e864805631466731e4b8e3db3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_ce6ec', table='hazards_hazardacceptance', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='hazardextension',
            constraint=models.CheckConstraint(condition=models.Q(('to_on__gt', models.F('from_on'))), name='extension_gives_more_time'),
        ),
        migrations.AddConstraint(
            model_name='hazardextension',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered__isnull', True), ('approved__isnull', True)), models.Q(('answered__isnull', False), ('approved__isnull', False)), _connector='OR'), name='extension_answer_is_whole'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardextension',
            trigger=pgtrigger.compiler.Trigger(name='settled_once_never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' AND OLD.answered_id IS NULL\n                   AND NEW.answered_id IS NOT NULL\n                   AND to_jsonb(NEW) - ARRAY['answered_id', 'approved']\n                     = to_jsonb(OLD) - ARRAY['answered_id', 'approved'] THEN\n                    RETURN NEW;\n                END IF;\n                RAISE EXCEPTION 'an act is settled once and never edited';\n            ", hash='cd960f20ec6de08a93df65e285fd98ae48a7c48f', operation='UPDATE OR DELETE', pgid='pgtrigger_settled_once_never_edited_d8fbf', table='hazards_hazardextension', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardextension',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='1400b35b2fc76f6f74cb0a90a8e273829491a985', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_bd27d', table='hazards_hazardextension', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardlisting',
            trigger=pgtrigger.compiler.Trigger(name='settled_once_never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' AND OLD.ended_id IS NULL\n                   AND NEW.ended_id IS NOT NULL\n                   AND to_jsonb(NEW) - ARRAY['ended_id']\n                     = to_jsonb(OLD) - ARRAY['ended_id'] THEN\n                    RETURN NEW;\n                END IF;\n                RAISE EXCEPTION 'an act is settled once and never edited';\n            ", hash='83486024607c3756ad994cc319ed54a070331907', operation='UPDATE OR DELETE', pgid='pgtrigger_settled_once_never_edited_88c8b', table='hazards_hazardlisting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardlisting',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='667b92ec1c1b13257b37faea1403ba1002610950', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_7cbed', table='hazards_hazardlisting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardorder',
            trigger=pgtrigger.compiler.Trigger(name='settled_once_never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' AND OLD.lifted_id IS NULL\n                   AND NEW.lifted_id IS NOT NULL\n                   AND to_jsonb(NEW) - ARRAY['lifted_id']\n                     = to_jsonb(OLD) - ARRAY['lifted_id'] THEN\n                    RETURN NEW;\n                END IF;\n                RAISE EXCEPTION 'an act is settled once and never edited';\n            ", hash='f1556085e2f4d97f963f82e03b9388d4be9840f8', operation='UPDATE OR DELETE', pgid='pgtrigger_settled_once_never_edited_0426f', table='hazards_hazardorder', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardorder',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='56a8c7ee885d4c2df8eeb6aae1d679f3cc05ef21', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_bdb34', table='hazards_hazardorder', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='hazardrecheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done__isnull', True), ('first_officer__isnull', True), ('passed__isnull', True), ('second_officer__isnull', True)), models.Q(('done__isnull', False), ('first_officer__isnull', False), ('passed__isnull', False), ('second_officer__isnull', False)), _connector='OR'), name='recheck_result_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='hazardrecheck',
            constraint=models.CheckConstraint(condition=models.Q(('first_officer__isnull', True), models.Q(('first_officer', models.F('second_officer')), _negated=True), _connector='OR'), name='recheck_is_by_two_officers'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardrecheck',
            trigger=pgtrigger.compiler.Trigger(name='settled_once_never_edited', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                IF TG_OP = 'UPDATE' AND OLD.done_id IS NULL\n                   AND NEW.done_id IS NOT NULL\n                   AND to_jsonb(NEW) - ARRAY['done_id', 'passed', 'first_officer_id', 'second_officer_id']\n                     = to_jsonb(OLD) - ARRAY['done_id', 'passed', 'first_officer_id', 'second_officer_id'] THEN\n                    RETURN NEW;\n                END IF;\n                RAISE EXCEPTION 'an act is settled once and never edited';\n            ", hash='0574e77154b3c6e4e62283850d8c9eff37921fde', operation='UPDATE OR DELETE', pgid='pgtrigger_settled_once_never_edited_8ba1e', table='hazards_hazardrecheck', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='hazardrecheck',
            trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'this table is never truncated';", hash='451aa972bf52c812df4af7ccc4e23f0931082ff1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_97f04', table='hazards_hazardrecheck', when='BEFORE')),
        ),
        migrations.RunSQL(ACTS, migrations.RunSQL.noop),
    ]
