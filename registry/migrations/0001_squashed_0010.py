import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import oauth2_provider.generators
import oauth2_provider.models
import pgtrigger.compiler
import pgtrigger.migrations
import registry.migrations._together
import registry.models.audit_event
import uuid
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('registry', '0001_registry'), ('registry', '0002_duties'), ('registry', '0003_client_surfaces'), ('registry', '0004_placement_raised'), ('registry', '0005_authority_channels'), ('registry', '0006_current_versions'), ('registry', '0007_member_absences'), ('registry', '0008_attestations'), ('registry', '0009_evaluates_for'), ('registry', '0010_interests')]

    initial = True

    dependencies = [
    ]

    operations = [
        django.contrib.postgres.operations.BtreeGistExtension(
        ),
        registry.migrations._together.CreateTogether(
            operations=[
                migrations.CreateModel(
                    name='AIModel',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('slug', models.SlugField(max_length=80, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('synthetic', models.BooleanField(default=False)),
                        ('developer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ai_models', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AuditEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('event_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('name', models.CharField(max_length=60)),
                        ('subject_type', models.CharField(max_length=40)),
                        ('subject_id', models.UUIDField()),
                        ('actor', models.CharField(max_length=60)),
                        ('organizations', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                        ('visibility', models.CharField(max_length=12)),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField(db_default=registry.models.audit_event.ClockTimestamp())),
                        ('request_id', models.CharField(max_length=64)),
                        ('details', models.JSONField(default=dict)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['subject_id', 'id'], name='audit_event_by_subject'), django.contrib.postgres.indexes.GinIndex(fields=['organizations'], name='audit_event_by_organization')],
                    },
                ),
                migrations.CreateModel(
                    name='Authority',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='authority', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AuthorityChannel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.CharField(choices=[('email', 'e-mail'), ('portal', 'portal'), ('post', 'post'), ('hand', 'by hand'), ('unknown', 'not known')], max_length=10)),
                        ('address', models.CharField(blank=True, max_length=300)),
                        ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='channels', to='registry.authority')),
                        ('basis', models.CharField(blank=True, max_length=300)),
                        ('classes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('incident', 'incident'), ('training_compute', 'training compute'), ('market_placement', 'placing on the market'), ('framework', 'safety framework'), ('model_report', 'model report'), ('evaluation', 'evaluation'), ('internal_use', 'internal use'), ('ownership', 'ownership or operation'), ('reference_model', 'reference model'), ('request', 'request by an authority'), ('other', 'other')], max_length=20), default=list, size=None)),
                        ('ended_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('authority', 'channel', 'address'), name='authority_channel_once')],
                    },
                ),
                migrations.CreateModel(
                    name='CapabilityStatement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('framework', models.CharField(max_length=200)),
                        ('framework_version', models.CharField(blank=True, max_length=40)),
                        ('statement', models.TextField()),
                        ('ai_model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='capability_statements', to='registry.aimodel')),
                        ('fact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='capability_statements', to='registry.reportedfact')),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_capabilitystatement_valid_runs_forward')],
                    },
                ),
                migrations.CreateModel(
                    name='Citation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('grade', models.CharField(choices=[('P', 'primary text'), ('S', 'secondary source'), ('S1', 'one secondary source only'), ('K', 'common knowledge, not looked up'), ('U', 'uncertain, or sources conflict')], max_length=2)),
                        ('passage', models.CharField(blank=True, max_length=300)),
                        ('fact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='registry.reportedfact')),
                        ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='registry.source')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('fact', 'source'), name='citation_once_per_fact')],
                    },
                ),
                migrations.CreateModel(
                    name='Competence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject', models.CharField(max_length=120)),
                        ('basis', models.CharField(blank=True, max_length=300)),
                        ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competences', to='registry.authority')),
                        ('jurisdiction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.jurisdiction')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('authority', 'jurisdiction', 'subject'), name='competence_once_per_authority')],
                    },
                ),
                migrations.CreateModel(
                    name='Contact',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('name', models.CharField(max_length=200)),
                        ('email', models.EmailField(max_length=254)),
                        ('verified_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='registry.organization')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('organization', 'email'), name='contact_email_once_per_organization')],
                    },
                ),
                migrations.CreateModel(
                    name='ExternalIdentifier',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('scheme', models.CharField(max_length=40)),
                        ('value', models.CharField(max_length=200)),
                        ('ai_model', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='identifiers', to='registry.aimodel')),
                        ('release', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='identifiers', to='registry.modelrelease')),
                        ('organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='identifiers', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('recorded__upper_inf', True)), fields=['scheme', 'value'], name='external_identifier_current')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_externalidentifier_valid_runs_forward'), models.CheckConstraint(condition=models.Q(models.Q(('ai_model__isnull', True), ('organization__isnull', False), ('release__isnull', True)), models.Q(('ai_model__isnull', False), ('organization__isnull', True), ('release__isnull', True)), models.Q(('ai_model__isnull', True), ('organization__isnull', True), ('release__isnull', False)), _connector='OR'), name='external_identifier_names_one_thing'), models.UniqueConstraint(condition=models.Q(('recorded__upper_inf', True), ('valid__upper_inf', True)), fields=('scheme', 'value', 'organization'), name='external_identifier_once_per_organization')],
                    },
                ),
                migrations.CreateModel(
                    name='FactDispute',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('reason', models.TextField()),
                        ('raised_by', models.CharField(max_length=60)),
                        ('raised_at', models.DateTimeField()),
                        ('fact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disputes', to='registry.reportedfact')),
                        ('source', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.source')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='FeedEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organization_id', models.UUIDField()),
                        ('number', models.BigIntegerField()),
                        ('position', models.BigIntegerField()),
                        ('event_row', models.BigIntegerField()),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('organization_id', 'number'), name='feed_number_once'), models.UniqueConstraint(fields=('organization_id', 'event_row'), name='feed_event_once')],
                    },
                ),
                migrations.CreateModel(
                    name='IdempotencyKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('actor', models.CharField(max_length=60)),
                        ('key', models.CharField(max_length=200)),
                        ('fingerprint', models.CharField(max_length=64)),
                        ('subject', models.CharField(blank=True, max_length=100)),
                        ('subject_id', models.UUIDField(null=True)),
                        ('revision', models.CharField(blank=True, max_length=20)),
                        ('created_at', models.DateTimeField(db_index=True)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('actor', 'key'), name='idempotency_key_once_per_actor')],
                    },
                ),
                migrations.CreateModel(
                    name='ImportRun',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('kind', models.CharField(max_length=40)),
                        ('file_name', models.CharField(max_length=200)),
                        ('sha256', models.CharField(max_length=64)),
                        ('created', models.PositiveIntegerField()),
                        ('changed', models.PositiveIntegerField()),
                        ('unchanged', models.PositiveIntegerField()),
                        ('imported_by', models.CharField(max_length=60)),
                        ('imported_at', models.DateTimeField()),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Jurisdiction',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('slug', models.SlugField(unique=True)),
                        ('name', models.CharField(max_length=120)),
                        ('kind', models.CharField(choices=[('state', 'state'), ('subdivision', 'subdivision'), ('union', 'union of states'), ('alliance', 'alliance')], max_length=20)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='JurisdictionMembership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='registry.jurisdiction')),
                        ('whole', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='member_rows', to='registry.jurisdiction')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('recorded__upper_inf', True)), fields=['member'], name='membership_current')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_jurisdictionmembership_valid_runs_forward'), models.CheckConstraint(condition=models.Q(('member', models.F('whole')), _negated=True), name='jurisdiction_is_not_its_own_member'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('member', '='), ('whole', '='), ('valid', '&&')], name='jurisdiction_membership_no_overlap')],
                    },
                ),
                migrations.CreateModel(
                    name='Leaf',
                    fields=[
                        ('position', models.BigIntegerField(primary_key=True, serialize=False)),
                        ('event_row', models.BigIntegerField(unique=True)),
                        ('leaf_hash', models.BinaryField(max_length=32)),
                        ('frontier', models.BinaryField()),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('position__gte', 0)), name='leaf_position_from_zero')],
                    },
                ),
                migrations.CreateModel(
                    name='Member',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('reference', models.CharField(max_length=120)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='registry.organization')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('organization', 'reference'), name='member_reference_once_per_organization')],
                    },
                ),
                migrations.CreateModel(
                    name='MemberAssertion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('kind', models.CharField(choices=[('us_person', 'US person (15 CFR 772.1)')], max_length=20)),
                        ('holds', models.BooleanField()),
                        ('evidence', models.CharField(max_length=300)),
                        ('asserted_at', models.DateTimeField()),
                        ('reviewed_by', models.CharField(blank=True, max_length=60)),
                        ('reviewed_at', models.DateTimeField(null=True)),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assertions', to='registry.member')),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_memberassertion_valid_runs_forward'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by', '')), models.Q(models.Q(('reviewed_by', ''), _negated=True), ('reviewed_at__isnull', False)), _connector='OR'), name='member_assertion_review_has_who_and_when'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('member', '='), ('kind', '='), ('valid', '&&')], name='member_assertion_one_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='ModelRelease',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('slug', models.SlugField(max_length=120, unique=True)),
                        ('label', models.CharField(max_length=120)),
                        ('released_at', models.DateTimeField()),
                        ('ai_model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='registry.aimodel')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='Organization',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('slug', models.SlugField(max_length=80, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('undisclosed', models.BooleanField(default=False)),
                        ('synthetic', models.BooleanField(default=False)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='OrganizationJurisdiction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('role', models.CharField(choices=[('seat', 'seat'), ('subsidiary', 'subsidiary'), ('processing_site', 'processing site')], max_length=20)),
                        ('jurisdiction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.jurisdiction')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='jurisdictions', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('recorded__upper_inf', True)), fields=['organization'], name='organization_place_current')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_organizationjurisdiction_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('organization', '='), ('jurisdiction', '='), ('role', '='), ('valid', '&&')], name='organization_jurisdiction_no_overlap')],
                    },
                ),
                migrations.CreateModel(
                    name='OrganizationVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('name', models.CharField(max_length=200)),
                        ('legal_name', models.CharField(blank=True, max_length=300)),
                        ('kind', models.CharField(choices=[('developer', 'developer'), ('company', 'company'), ('nonprofit', 'non-profit'), ('government', 'government body'), ('safety_institute', 'safety institute'), ('international', 'international body'), ('research', 'research body'), ('unknown', 'not known')], max_length=20)),
                        ('standing', models.CharField(choices=[('active', 'active'), ('suspended', 'suspended'), ('withdrawn', 'withdrawn')], default='active', max_length=12)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('recorded__upper_inf', True)), fields=['organization'], name='organization_version_current')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_organizationversion_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('organization', '='), ('valid', '&&')], name='organization_says_one_thing_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='PrivateValue',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('salt', models.BinaryField(max_length=32, null=True)),
                        ('value', models.TextField(null=True)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('salt__isnull', True), ('value__isnull', True)), models.Q(('salt__isnull', False), ('value__isnull', False)), _connector='OR'), name='private_value_erased_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Relation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('kind', models.CharField(choices=[('owns', 'owns'), ('affiliate_of', 'is an affiliate of'), ('sub_processor_of', 'is a sub-processor of'), ('hosts', 'hosts access for'), ('evaluates_for', 'evaluates models for')], max_length=20)),
                        ('share', models.DecimalField(decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0.01')), django.core.validators.MaxValueValidator(Decimal('100'))])),
                        ('object', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='relations_to', to='registry.organization')),
                        ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='relations', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('recorded__upper_inf', True)), fields=['object'], name='relation_to_current')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_relation_valid_runs_forward'), models.CheckConstraint(condition=models.Q(('subject', models.F('object')), _negated=True), name='relation_joins_two_organizations'), models.CheckConstraint(condition=models.Q(('share__isnull', True), models.Q(('kind', 'owns'), ('share__gt', 0), ('share__lte', 100)), _connector='OR'), name='relation_share_is_of_ownership'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('subject', '='), ('object', '='), ('kind', '='), ('valid', '&&')], name='relation_no_overlap')],
                    },
                ),
                migrations.CreateModel(
                    name='ReportedEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('title', models.CharField(max_length=200)),
                        ('fact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='registry.reportedfact')),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_reportedevent_valid_runs_forward')],
                    },
                ),
                migrations.CreateModel(
                    name='ReportedFact',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('statement', models.TextField()),
                        ('precision', models.CharField(choices=[('instant', 'to the minute'), ('hour', 'about the hour'), ('day', 'the day'), ('month', 'the month')], max_length=8)),
                        ('superseding_reason', models.TextField(blank=True)),
                        ('superseding_recorded_at', models.DateTimeField(null=True)),
                        ('recorded_at', models.DateTimeField()),
                        ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='registry.reportedfact')),
                        ('sources', models.ManyToManyField(related_name='facts', through='registry.Citation', to='registry.source')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('supersedes__isnull', True), ('superseding_reason', ''), ('superseding_recorded_at__isnull', True)), models.Q(('supersedes__isnull', False), ('superseding_recorded_at__isnull', False), models.Q(('superseding_reason', ''), _negated=True)), _connector='OR'), name='reported_fact_superseding_has_its_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='RoleHolding',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('intake', 'intake'), ('reviewer', 'reviewer'), ('decider', 'decider'), ('countersigner', 'countersigner'), ('restrictor', 'restrictor'), ('authority_desk', 'authority desk'), ('cleared', 'cleared'), ('auditor', 'auditor'), ('administrator', 'administrator')], max_length=20)),
                        ('given_by', models.CharField(max_length=60)),
                        ('given_at', models.DateTimeField()),
                        ('taken_by', models.CharField(blank=True, max_length=60)),
                        ('taken_at', models.DateTimeField(null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_holdings', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('taken_at__isnull', True)), fields=('user', 'role'), name='role_held_once'), models.CheckConstraint(condition=models.Q(models.Q(('taken_at__isnull', True), ('taken_by', '')), models.Q(models.Q(('taken_by', ''), _negated=True), ('taken_at__gte', models.F('given_at'))), _connector='OR'), name='role_taking_has_who_and_when')],
                    },
                ),
                migrations.CreateModel(
                    name='Source',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('slug', models.SlugField(max_length=120, unique=True)),
                        ('publisher', models.CharField(max_length=200)),
                        ('title', models.CharField(max_length=300)),
                        ('location', models.CharField(blank=True, max_length=500)),
                        ('published_on', models.DateField(null=True)),
                        ('grade', models.CharField(choices=[('P', 'primary text'), ('S', 'secondary source'), ('S1', 'one secondary source only'), ('K', 'common knowledge, not looked up'), ('U', 'uncertain, or sources conflict')], max_length=2)),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('username', models.CharField(max_length=80, unique=True)),
                        ('display_name', models.CharField(max_length=200)),
                        ('email', models.EmailField(max_length=254)),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('username', django.db.models.functions.text.Lower('username'))), name='user_username_is_lower_case')],
                    },
                ),
                migrations.CreateModel(
                    name='Client',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('client_id', models.CharField(db_index=True, default=oauth2_provider.generators.generate_client_id, max_length=255, unique=True, verbose_name='client ID')),
                        ('redirect_uris', models.TextField(blank=True, help_text='Allowed URIs list, space separated', verbose_name='redirect URIs')),
                        ('post_logout_redirect_uris', models.TextField(blank=True, default='', help_text='Allowed Post Logout URIs list, space separated', verbose_name='post logout redirect URIs')),
                        ('client_type', models.CharField(choices=[('confidential', 'Confidential'), ('public', 'Public')], max_length=32, verbose_name='client type')),
                        ('authorization_grant_type', models.CharField(choices=[('authorization-code', 'Authorization code'), ('urn:ietf:params:oauth:grant-type:device_code', 'Device Code'), ('implicit', 'Implicit'), ('password', 'Resource owner password-based'), ('client-credentials', 'Client credentials'), ('openid-hybrid', 'OpenID connect hybrid')], max_length=44, verbose_name='authorization grant type')),
                        ('client_secret', oauth2_provider.models.ClientSecretField(blank=True, db_index=True, default=oauth2_provider.generators.generate_client_secret, help_text='Client secret for authentication', max_length=255, verbose_name='client secret')),
                        ('hash_client_secret', models.BooleanField(default=True, verbose_name='hash client secret')),
                        ('name', models.CharField(blank=True, max_length=255, verbose_name='name')),
                        ('skip_authorization', models.BooleanField(default=False, verbose_name='skip authorization')),
                        ('created', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                        ('updated', models.DateTimeField(auto_now=True, verbose_name='updated')),
                        ('algorithm', models.CharField(blank=True, choices=[('', 'No OIDC support'), ('RS256', 'RSA with SHA-2 256'), ('HS256', 'HMAC with SHA-2 256')], default='', max_length=5, verbose_name='algorithm')),
                        ('allowed_origins', models.TextField(blank=True, default='', help_text='Allowed origins list to enable CORS, space separated', verbose_name='allowed origins')),
                        ('registration_source', models.CharField(choices=[('manual', 'Manual'), ('dcr', 'Dynamic Client Registration'), ('cimd', 'Client ID Metadata Document')], default='manual', help_text='How this application was registered (manual, DCR per RFC 7591, or CIMD)', max_length=32, verbose_name='registration source')),
                        ('cimd_expires_at', models.DateTimeField(blank=True, default=None, help_text='When the cached Client ID Metadata Document should be re-fetched', null=True, verbose_name='CIMD expires at')),
                        ('kind', models.CharField(choices=[('partner', 'partner'), ('gateway', 'gateway'), ('staff', 'staff'), ('authority', 'authority')], max_length=12)),
                        ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                        ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('intake', 'intake'), ('reviewer', 'reviewer'), ('decider', 'decider'), ('countersigner', 'countersigner'), ('restrictor', 'restrictor'), ('authority_desk', 'authority desk'), ('cleared', 'cleared'), ('auditor', 'auditor'), ('administrator', 'administrator')], max_length=20), blank=True, default=list, size=None)),
                        ('withdrawn_at', models.DateTimeField(null=True)),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clients', to='registry.organization')),
                        ('surfaces', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=240), blank=True, default=list, size=None)),
                    ],
                    options={
                        'abstract': False,
                        'swappable': 'OAUTH2_PROVIDER_APPLICATION_MODEL',
                        'constraints': [models.CheckConstraint(condition=models.Q(('roles', []), ('kind', 'staff'), _connector='OR'), name='client_roles_are_for_staff_clients'), models.CheckConstraint(condition=models.Q(('surfaces', []), ('kind', 'gateway'), _connector='OR'), name='client_surfaces_are_for_gateways')],
                    },
                ),
                migrations.CreateModel(
                    name='AIModelVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('name', models.CharField(max_length=200)),
                        ('stage', models.CharField(choices=[('announced', 'announced'), ('preview', 'gated preview'), ('general', 'generally available'), ('withdrawn', 'withdrawn')], max_length=12)),
                        ('ai_model', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='registry.aimodel')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('recorded__upper_inf', True)), fields=['ai_model'], name='ai_model_version_current')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_aimodelversion_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('ai_model', '='), ('valid', '&&')], name='ai_model_says_one_thing_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='OutboxEntry',
                    fields=[
                        ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='outbox_entry', serialize=False, to='registry.auditevent')),
                    ],
                ),
                migrations.CreateModel(
                    name='HolidayTable',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('number', models.PositiveIntegerField()),
                        ('sha256', models.CharField(max_length=64)),
                        ('proposed_by', models.CharField(max_length=60)),
                        ('proposed_at', models.DateTimeField()),
                        ('enacted_by', models.CharField(blank=True, max_length=60)),
                        ('enacted_at', models.DateTimeField(null=True)),
                        ('calendar', models.SlugField(max_length=40)),
                        ('year', models.PositiveIntegerField()),
                        ('days', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                        ('citation', models.CharField(max_length=300)),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('enacted_at__isnull', True), ('enacted_by', '')), models.Q(models.Q(('enacted_by', ''), _negated=True), models.Q(('enacted_by', models.F('proposed_by')), _negated=True), ('enacted_at__isnull', False)), _connector='OR'), name='holidaytable_enacted_by_another'), models.UniqueConstraint(fields=('calendar', 'year', 'number'), name='holiday_table_number_once'), models.CheckConstraint(condition=models.Q(('citation', ''), _negated=True), name='holiday_table_names_its_place')],
                    },
                ),
                migrations.CreateModel(
                    name='Incident',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('title', models.CharField(max_length=200)),
                        ('origin', models.CharField(choices=[('observed', 'known at first hand'), ('reported', 'reported by a source')], max_length=10)),
                        ('reported_by', models.CharField(max_length=60)),
                        ('reported_at', models.DateTimeField()),
                        ('resolved_at', models.DateTimeField(null=True)),
                        ('synthetic', models.BooleanField(default=False)),
                        ('duty_holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='registry.organization')),
                        ('fact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='registry.reportedfact')),
                        ('reported_by_organization', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.organization')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-reported_at', '-id'], name='incident_newest_first')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('fact__isnull', False), ('origin', 'reported')), models.Q(('fact__isnull', True), ('origin', 'observed')), _connector='OR'), name='incident_reported_has_its_fact')],
                    },
                ),
                migrations.CreateModel(
                    name='IncidentVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('summary', models.TextField()),
                        ('began_at', models.DateTimeField(null=True)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('ai_models', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                        ('releases', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                        ('harms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('death', 'death'), ('health_serious', 'serious harm to health'), ('bodily_injury', 'bodily injury'), ('critical_infrastructure', 'serious and irreversible disruption of critical infrastructure'), ('fundamental_rights', 'infringement of fundamental rights'), ('property_serious', 'serious harm to property'), ('environment_serious', 'serious harm to the environment'), ('cybersecurity_breach', 'serious cybersecurity breach'), ('catastrophic', 'harm from a materialized catastrophic risk')], max_length=30), null=True, size=None)),
                        ('model_involved', models.CharField(choices=[('established', 'established'), ('suspected', 'suspected with reasonable likelihood'), ('ruled_out', 'ruled out'), ('not_known', 'not known')], default='not_known', max_length=12)),
                        ('deaths', models.PositiveIntegerField(null=True)),
                        ('injuries', models.PositiveIntegerField(null=True)),
                        ('imminent_risk', models.BooleanField(null=True)),
                        ('internal_use', models.BooleanField(null=True)),
                        ('during_evaluation', models.BooleanField(null=True)),
                        ('deception', models.BooleanField(null=True)),
                        ('loss_of_control', models.BooleanField(null=True)),
                        ('materially_increased_risk', models.BooleanField(null=True)),
                        ('cyber_breach', models.BooleanField(null=True)),
                        ('weights_accessed', models.BooleanField(null=True)),
                        ('weights_exfiltrated', models.BooleanField(null=True)),
                        ('containment', models.TextField(blank=True)),
                        ('resolution', models.TextField(blank=True)),
                        ('classified_by', models.CharField(max_length=60)),
                        ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='registry.incident')),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_incidentversion_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('incident', '='), ('valid', '&&')], name='incident_says_one_thing_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Mandate',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('key', models.SlugField(max_length=60)),
                        ('synthetic', models.BooleanField(default=False)),
                        ('basis', models.CharField(max_length=300)),
                        ('registered_by', models.CharField(max_length=60)),
                        ('registered_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='registry.authority')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('key', 'synthetic'), name='mandate_one_authority_per_key_and_world')],
                    },
                ),
                migrations.CreateModel(
                    name='ObligationRule',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('number', models.PositiveIntegerField()),
                        ('sha256', models.CharField(max_length=64)),
                        ('proposed_by', models.CharField(max_length=60)),
                        ('proposed_at', models.DateTimeField()),
                        ('enacted_by', models.CharField(blank=True, max_length=60)),
                        ('enacted_at', models.DateTimeField(null=True)),
                        ('slug', models.SlugField(max_length=80)),
                        ('document', models.JSONField()),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('enacted_at__isnull', True), ('enacted_by', '')), models.Q(models.Q(('enacted_by', ''), _negated=True), models.Q(('enacted_by', models.F('proposed_by')), _negated=True), ('enacted_at__isnull', False)), _connector='OR'), name='obligationrule_enacted_by_another'), models.UniqueConstraint(fields=('slug', 'number'), name='obligation_rule_number_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Occurrence',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('kind', models.CharField(choices=[('incident', 'incident'), ('training_compute', 'training compute'), ('market_placement', 'placing on the market'), ('framework', 'safety framework'), ('model_report', 'model report'), ('evaluation', 'evaluation'), ('internal_use', 'internal use'), ('ownership', 'ownership or operation'), ('reference_model', 'reference model'), ('request', 'request by an authority'), ('other', 'other')], max_length=20)),
                        ('title', models.CharField(max_length=200)),
                        ('details', models.JSONField(default=dict)),
                        ('origin', models.CharField(choices=[('observed', 'known at first hand'), ('reported', 'reported by a source')], max_length=10)),
                        ('reported_by', models.CharField(max_length=60)),
                        ('reported_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('synthetic', models.BooleanField(default=False)),
                        ('ai_model', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='occurrences', to='registry.aimodel')),
                        ('duty_holder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='occurrences', to='registry.organization')),
                        ('fact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='occurrences', to='registry.reportedfact')),
                        ('raised', models.BooleanField(default=False)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-reported_at', '-id'], name='occurrence_newest_first')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('fact__isnull', False), ('origin', 'reported')), models.Q(('fact__isnull', True), ('origin', 'observed')), _connector='OR'), name='occurrence_reported_has_its_fact'), models.CheckConstraint(condition=models.Q(('kind', 'incident'), _negated=True), name='occurrence_is_not_an_incident'), models.UniqueConstraint(condition=models.Q(('kind', 'market_placement'), ('raised', True)), fields=('ai_model',), name='occurrence_placement_raised_once_a_model')],
                    },
                ),
                migrations.CreateModel(
                    name='AnchorMoment',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('anchor', models.CharField(choices=[('met', 'the condition is met'), ('foreseen', 'it is known that the condition will be met'), ('aware', "aware of the model's involvement"), ('discovered', 'discovered'), ('determined', 'determined'), ('reasonable_belief', 'facts known that suffice for reasonable belief'), ('confirmed', 'confirmed'), ('resolved', 'resolved'), ('placed_on_market', 'placed on the market'), ('notified', 'notified'), ('received', 'received'), ('material_change', 'materially changed'), ('begun', 'begun')], max_length=20)),
                        ('happened_at', models.DateTimeField()),
                        ('zone', models.CharField(max_length=60)),
                        ('precision', models.CharField(choices=[('instant', 'to the minute'), ('hour', 'about the hour'), ('day', 'the day'), ('month', 'the month')], max_length=8)),
                        ('evidence', models.TextField(blank=True)),
                        ('stated_by', models.CharField(max_length=60)),
                        ('stated_at', models.DateTimeField()),
                        ('supersedes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='registry.anchormoment')),
                        ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moments', to='registry.incident')),
                        ('occurrence', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moments', to='registry.occurrence')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['incident', 'anchor'], name='anchor_moment_of_incident'), models.Index(fields=['occurrence', 'anchor'], name='anchor_moment_of_occurrence')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('incident__isnull', False), ('occurrence__isnull', True)), models.Q(('incident__isnull', True), ('occurrence__isnull', False)), _connector='OR'), name='anchor_moment_has_one_subject'), models.CheckConstraint(condition=models.Q(('supersedes__isnull', True), models.Q(('supersedes', models.F('id')), _negated=True), _connector='OR'), name='anchor_moment_supersedes_another')],
                    },
                ),
                migrations.CreateModel(
                    name='DutyHolderStatus',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('kind', models.CharField(choices=[('gpai_provider', 'provider of a general-purpose AI model'), ('systemic_risk_provider', 'provider of a model with systemic risk'), ('third_country_provider', 'provider established outside the Union'), ('code_signatory', 'signatory of the Code of Practice'), ('frontier_developer', 'frontier developer'), ('large_frontier_developer', 'large frontier developer')], max_length=30)),
                        ('holds', models.BooleanField()),
                        ('evidence', models.CharField(blank=True, max_length=300)),
                        ('stated_by', models.CharField(max_length=60)),
                        ('fact', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.reportedfact')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_statuses', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_dutyholderstatus_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('organization', '='), ('kind', '='), ('valid', '&&')], name='duty_holder_says_one_thing_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('evidence', ''), _negated=True), ('fact__isnull', False), _connector='OR'), name='duty_holder_rests_on_evidence_or_a_fact')],
                    },
                ),
                migrations.CreateModel(
                    name='MemberAbsence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('kind', models.CharField(choices=[('suspended', 'suspended'), ('withdrawn', 'withdrawn')], max_length=10)),
                        ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='registry.member')),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_memberabsence_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('member', '='), ('valid', '&&')], name='member_absent_once_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Recognition',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('level', models.CharField(blank=True, max_length=40)),
                        ('up_to', models.CharField(blank=True, max_length=40)),
                        ('transitive', models.BooleanField(default=False)),
                        ('basis', models.CharField(choices=[('treaty', 'a treaty'), ('law', 'a law'), ('own_decision', "the operator's own decision"), ('statement', 'a political statement, which grants nothing')], max_length=20)),
                        ('citation', models.CharField(max_length=300)),
                        ('starts_at', models.DateTimeField(null=True)),
                        ('ends_at', models.DateTimeField(null=True)),
                        ('proposed_by', models.CharField(max_length=60)),
                        ('proposed_at', models.DateTimeField()),
                        ('enacted_by', models.CharField(blank=True, max_length=60)),
                        ('enacted_at', models.DateTimeField(null=True)),
                        ('ended_by', models.CharField(blank=True, max_length=60)),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('end_reason', models.TextField(blank=True)),
                        ('satisfies', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognized_by', to='registry.scheme')),
                        ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recognitions', to='registry.scheme')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-proposed_at', '-id'], name='recognition_newest_first')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('scheme', models.F('satisfies')), _negated=True), name='recognition_joins_two_schemes'), models.CheckConstraint(condition=models.Q(('citation', ''), _negated=True), name='recognition_names_its_basis'), models.CheckConstraint(condition=models.Q(models.Q(('enacted_at__isnull', True), ('enacted_by', '')), models.Q(models.Q(('enacted_by', ''), _negated=True), models.Q(('enacted_by', models.F('proposed_by')), _negated=True), ('enacted_at__isnull', False)), _connector='OR'), name='recognition_enacted_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('basis', 'statement'), _negated=True), ('enacted_at__isnull', True), _connector='OR'), name='recognition_statement_grants_nothing')],
                    },
                ),
                migrations.CreateModel(
                    name='RecognitionVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recognition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='registry.recognition')),
                    ],
                    options={
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_recognitionversion_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('recognition', '='), ('valid', '&&')], name='recognition_says_one_thing_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Scheme',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('slug', models.SlugField(max_length=60)),
                        ('edition', models.CharField(max_length=60)),
                        ('name', models.CharField(max_length=200)),
                        ('kind', models.CharField(choices=[('certificate', 'certificate'), ('period_report', 'report on a period'), ('self_attestation', 'self-attestation'), ('qualification', 'qualification')], max_length=16)),
                        ('owner', models.CharField(max_length=200)),
                        ('levels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, size=None)),
                        ('months', models.PositiveIntegerField(null=True)),
                        ('draft', models.BooleanField(default=False)),
                        ('void_from', models.DateField(null=True)),
                        ('note', models.TextField(blank=True)),
                        ('source', models.CharField(max_length=300)),
                        ('grade', models.CharField(choices=[('P', 'primary text'), ('S', 'secondary source'), ('S1', 'one secondary source only'), ('K', 'common knowledge, not looked up'), ('U', 'uncertain, or sources conflict')], max_length=2)),
                        ('jurisdiction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='schemes', to='registry.jurisdiction')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['slug', 'edition', 'id'], name='scheme_by_name')],
                        'constraints': [models.UniqueConstraint(fields=('slug', 'edition'), name='scheme_edition_once'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'period_report'), _negated=True), ('months__isnull', False), _connector='OR'), name='scheme_period_report_goes_stale')],
                    },
                ),
                migrations.CreateModel(
                    name='Attestation',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('level', models.CharField(blank=True, max_length=40)),
                        ('issuer', models.CharField(max_length=200)),
                        ('accreditation', models.CharField(blank=True, max_length=200)),
                        ('number', models.CharField(blank=True, max_length=120)),
                        ('service', models.CharField(blank=True, max_length=200)),
                        ('scope_statement', models.TextField(blank=True)),
                        ('starts_on', models.DateField()),
                        ('ends_on', models.DateField(null=True)),
                        ('bridged_until', models.DateField(null=True)),
                        ('evidence_name', models.CharField(blank=True, max_length=200)),
                        ('evidence_sha256', models.CharField(max_length=64)),
                        ('handed_in_by', models.CharField(max_length=60)),
                        ('handed_in_at', models.DateTimeField()),
                        ('reviewed_by', models.CharField(blank=True, max_length=60)),
                        ('reviewed_at', models.DateTimeField(null=True)),
                        ('finding', models.CharField(blank=True, choices=[('accepted', 'accepted'), ('refused', 'refused')], max_length=10)),
                        ('note', models.TextField(blank=True)),
                        ('withdrawn_by', models.CharField(blank=True, max_length=60)),
                        ('withdrawn_at', models.DateTimeField(null=True)),
                        ('withdrawal_reason', models.TextField(blank=True)),
                        ('legal_entity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.organization')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='registry.organization')),
                        ('scheme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attestations', to='registry.scheme')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-handed_in_at', '-id'], name='attestation_newest_first'), models.Index(fields=['organization', 'scheme'], name='attestation_of_organization'), models.Index(condition=models.Q(('reviewed_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['handed_in_at', 'id'], name='attestation_to_review')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('finding', ''), ('reviewed_at__isnull', True), ('reviewed_by', '')), models.Q(models.Q(('reviewed_by', ''), _negated=True), models.Q(('reviewed_by', models.F('handed_in_by')), _negated=True), ('reviewed_at__isnull', False), models.Q(('finding', ''), _negated=True)), _connector='OR'), name='attestation_reviewed_by_another'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='attestation_runs_forward'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by', '')), models.Q(models.Q(('withdrawn_by', ''), _negated=True), ('withdrawn_at__isnull', False)), _connector='OR'), name='attestation_withdrawn_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='AttestationVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('recorded', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                        ('attestation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='registry.attestation')),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.organization')),
                    ],
                    options={
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('recorded__upper_inf', True)), fields=['organization'], name='attestation_current')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='registry_attestationversion_valid_runs_forward'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('recorded__upper_inf', True)), expressions=[('attestation', '='), ('valid', '&&')], name='attestation_says_one_thing_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='Interest',
                    fields=[
                        ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                        ('version', models.PositiveIntegerField(default=1)),
                        ('changed_at', models.DateTimeField()),
                        ('kind', models.CharField(choices=[('employment', 'works for it, or did'), ('ownership', 'owns a part of it'), ('advisory', 'advises it, or sits on a board of it'), ('family', 'somebody close has a tie to it'), ('other', 'another tie')], max_length=12)),
                        ('note', models.TextField(blank=True)),
                        ('starts_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField(null=True)),
                        ('declared_by', models.CharField(max_length=60)),
                        ('declared_at', models.DateTimeField()),
                        ('ended_by', models.CharField(blank=True, max_length=60)),
                        ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='registry.organization')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['-starts_at', '-id'], name='interest_by_start')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True)), fields=('person', 'organization', 'kind'), name='interest_declared_once'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='interest_runs_forward')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditevent',
                    trigger=pgtrigger.compiler.Trigger(name='audit_event_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='03b069b30f238bce7bbd49f85652a41afb93a8eb', operation='UPDATE OR DELETE', pgid='pgtrigger_audit_event_append_only_52cd8', table='registry_auditevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='capabilitystatement',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='2b331e2446ea033c776269c0bfae3197e7c02aee', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_3a487', table='registry_capabilitystatement', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='capabilitystatement',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='e40f9021126ade6ff041e676f1fed6114f001aaf', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_bca58', table='registry_capabilitystatement', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='externalidentifier',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='f3a5782e31dd455970b8d2baa3f3737443f01196', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_c82bc', table='registry_externalidentifier', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='externalidentifier',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='4d9e191cd578fc7339c140859dbb2c0b1ec6ea83', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_53c0a', table='registry_externalidentifier', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='feedentry',
                    trigger=pgtrigger.compiler.Trigger(name='feed_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='01eda025754728e9696f53200acf9e09dfd10800', operation='UPDATE OR DELETE', pgid='pgtrigger_feed_append_only_7bca5', table='registry_feedentry', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='jurisdictionmembership',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='1364d592264093fce345e8c89d08c849ba602094', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_054d5', table='registry_jurisdictionmembership', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='jurisdictionmembership',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='e404de1fa3fe7a27993fa72b178cf2bb2270d3a4', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_a4d49', table='registry_jurisdictionmembership', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='leaf',
                    trigger=pgtrigger.compiler.Trigger(name='leaf_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='147bc1ebce814f5e63386146534ca2812ac7a5ab', operation='UPDATE OR DELETE', pgid='pgtrigger_leaf_append_only_edf2d', table='registry_leaf', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='memberassertion',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b53eff22e0718aeae4e915b0433d32402530722b', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_30828', table='registry_memberassertion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='memberassertion',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='f9193d5db0e13c719282b19633cc816f02b7289c', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_b4423', table='registry_memberassertion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organizationjurisdiction',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='e5ad386766b92f90855374c481fe7d76b638547c', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_10b28', table='registry_organizationjurisdiction', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organizationjurisdiction',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='31e495829c7d07243126a789df50d14a6e16ac15', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_25283', table='registry_organizationjurisdiction', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organizationversion',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='e0981d38f83a40d4365c8c4c23c7a1be50fb8219', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_79311', table='registry_organizationversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='organizationversion',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='85ceb6b0292bdcafefb5a0c124c0494241990c12', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_071ad', table='registry_organizationversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='privatevalue',
                    trigger=pgtrigger.compiler.Trigger(name='private_value_is_only_erased', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' OR NEW.id <> OLD.id OR NEW.value IS NOT NULL THEN\n                        RAISE EXCEPTION 'a private value can only be erased';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='a61f6fe06090ca0cdde68cdec08cf8ef7914ee37', operation='UPDATE OR DELETE', pgid='pgtrigger_private_value_is_only_erased_6f323', table='registry_privatevalue', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='relation',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='c8f91fa1479a304368ad606c0fd0b8dd63196671', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_051ae', table='registry_relation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='relation',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='7460fc60732db147cf3f58c896873d7166bd066d', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_08a55', table='registry_relation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reportedevent',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='14f94277bfb78487f7198fed5716141da3c58ca8', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_f0043', table='registry_reportedevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='reportedevent',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='c58be0a4b8922b8c8d23b86ed8945389e59530ad', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_685d0', table='registry_reportedevent', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='aimodelversion',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='1d2e5efe59ed507783b792e3eee413bf24d853e7', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_79fcf', table='registry_aimodelversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='aimodelversion',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='c9ebbd31e9715825894e80913ffe42669fdd078e', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_de470', table='registry_aimodelversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='incidentversion',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b7d7159dc55efb3026baf8d4d88f5af7c911b43c', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_74f82', table='registry_incidentversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='incidentversion',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='5d78555d7215c9626034f3f89f32451515f269ed', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_6ffa3', table='registry_incidentversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='anchormoment',
                    trigger=pgtrigger.compiler.Trigger(name='anchor_moment_append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8b7b222728666012a414d1b062c696d03d29ce7e', operation='UPDATE OR DELETE', pgid='pgtrigger_anchor_moment_append_only_12f95', table='registry_anchormoment', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='dutyholderstatus',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='44cd48f6e4ad782b824d33541cac7b30735cd3fc', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_54c3d', table='registry_dutyholderstatus', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='dutyholderstatus',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='fb73f69d2e879b60cda4b04f34acb31b21ecd131', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_9ef71', table='registry_dutyholderstatus', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='memberabsence',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='70dce7534163ca03de2efe00b15c8132f15895c2', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_abd5d', table='registry_memberabsence', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='memberabsence',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='5b5027652fe594b64f8e8a9172e2596d66395e6e', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_2c9d2', table='registry_memberabsence', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='recognitionversion',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='82d627cb7ab3120bac6ce13e2646732bc2b38edc', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_36b48', table='registry_recognitionversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='recognitionversion',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='18fd5bc5ddbd6a546ddea0d1f8cf0d5a4f6f2a20', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_2b8d8', table='registry_recognitionversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='attestation',
                    trigger=pgtrigger.compiler.Trigger(name='attestation_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot delete or update of "organization_id", "scheme_id", "level", "issuer", "accreditation", "number", "legal_entity_id", "service", "scope_statement", "starts_on", "ends_on", "bridged_until", "evidence_sha256", "handed_in_by" rows from % table\', TG_TABLE_NAME;', hash='245dc7f5ca24ce83ac49b26c89f83f417fd66d28', operation='DELETE OR UPDATE OF "organization_id", "scheme_id", "level", "issuer", "accreditation", "number", "legal_entity_id", "service", "scope_statement", "starts_on", "ends_on", "bridged_until", "evidence_sha256", "handed_in_by"', pgid='pgtrigger_attestation_kept_c6490', table='registry_attestation', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='attestationversion',
                    trigger=pgtrigger.compiler.Trigger(name='recorded_is_the_clock', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT upper_inf(NEW.recorded) OR lower(NEW.recorded) IS NULL\n                       OR lower(NEW.recorded) < transaction_timestamp()\n                       OR lower(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'recorded must begin now, by the database clock: %', NEW.recorded;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='54e7e4d42b8a561c0d1815ed09a530ee332f7b00', operation='INSERT', pgid='pgtrigger_recorded_is_the_clock_f7930', table='registry_attestationversion', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='attestationversion',
                    trigger=pgtrigger.compiler.Trigger(name='versions_only_close', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'a version is never deleted';\n                    END IF;\n                    IF to_jsonb(NEW) - 'recorded' <> to_jsonb(OLD) - 'recorded'\n                       OR NOT upper_inf(OLD.recorded) OR upper_inf(NEW.recorded)\n                       OR NEW.recorded <> tstzrange(lower(OLD.recorded), upper(NEW.recorded))\n                       OR upper(NEW.recorded) < transaction_timestamp()\n                       OR upper(NEW.recorded) > clock_timestamp() THEN\n                        RAISE EXCEPTION 'a version can only be closed, once, by the database clock';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='d85fdd6c21842183f809ba308073db975b804499', operation='UPDATE OR DELETE', pgid='pgtrigger_versions_only_close_0371c', table='registry_attestationversion', when='BEFORE')),
                ),
            ],
        ),
    ]
