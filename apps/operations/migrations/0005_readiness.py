"""Evidence, releases, signatures; evidence and signatures are guarded by triggers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from apps.operations.readiness import triggers


def up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        triggers.GUARD.put_up(schema_editor.connection)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        triggers.GUARD.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0004_status"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("smoke", "smoke test"),
                            ("predeploy", "checks before deployment"),
                            ("tests", "tests"),
                            ("load", "load run"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("source", models.CharField(editable=False, max_length=200, verbose_name="source")),
                (
                    "app_version",
                    models.CharField(editable=False, max_length=32, verbose_name="version"),
                ),
                ("started_at", models.DateTimeField(editable=False, verbose_name="started at")),
                ("finished_at", models.DateTimeField(editable=False, verbose_name="finished at")),
                ("has_passed", models.BooleanField(editable=False, verbose_name="passed")),
                (
                    "content",
                    models.JSONField(default=dict, editable=False, verbose_name="what was seen"),
                ),
                (
                    "sha256",
                    models.CharField(editable=False, max_length=64, verbose_name="checksum"),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(auto_now_add=True, verbose_name="recorded at"),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ("-finished_at", "-pk"),
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["kind", "-finished_at"], name="evidencerun_newest")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("smoke", "predeploy", "tests", "load"))),
                        name="evidencerun_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("finished_at__gte", models.F("started_at"))),
                        name="evidencerun_ends_after_start",
                        violation_error_message="A run does not end before it starts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256", ""), _negated=True),
                        name="evidencerun_has_a_checksum",
                        violation_error_message="Evidence has a checksum.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "reason",
                    models.TextField(
                        blank=True, editable=False, max_length=4000, verbose_name="reason"
                    ),
                ),
                (
                    "app_version",
                    models.CharField(
                        editable=False, max_length=32, unique=True, verbose_name="version"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "collecting signatures"),
                            ("certified", "certified"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="open",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "evidence",
                    models.JSONField(default=dict, editable=False, verbose_name="evidence"),
                ),
                (
                    "evidence_hash",
                    models.CharField(editable=False, max_length=64, verbose_name="evidence hash"),
                ),
                (
                    "round",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        help_text="A new one begins whenever the evidence changes; older signatures are void.",
                        verbose_name="round of signatures",
                    ),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        default=0, editable=False, verbose_name="score"
                    ),
                ),
                (
                    "is_ready",
                    models.BooleanField(default=False, editable=False, verbose_name="ready"),
                ),
                ("assessed_at", models.DateTimeField(editable=False, verbose_name="assessed at")),
                (
                    "certified_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="certified at"
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="valid until"
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="updated by",
                    ),
                ),
            ],
            options={
                "verbose_name": "release",
                "verbose_name_plural": "releases",
                "ordering": ("-assessed_at", "-pk"),
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ("open", "certified", "withdrawn"))),
                        name="release_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__lte", 100)),
                        name="release_score_in_range",
                        violation_error_message="A score is a number from 0 to 100.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "certified"), _negated=True),
                            models.Q(
                                ("certified_at__isnull", False),
                                ("expires_at__gt", models.F("certified_at")),
                                ("expires_at__isnull", False),
                                ("is_ready", True),
                            ),
                            _connector="OR",
                        ),
                        name="release_certified_is_ready",
                        violation_error_message="Only what is ready is certified, and not for good.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReleaseSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("stakeholder_product", "Product Manager"),
                            ("stakeholder_engineering", "Engineering Lead"),
                            ("stakeholder_security", "Security Team"),
                            ("stakeholder_quality", "QA Team"),
                            ("stakeholder_operations", "Operations Team"),
                            ("stakeholder_users", "Business Users"),
                            ("executive_product", "Product Manager (executive)"),
                            ("executive_engineering", "Engineering Lead (executive)"),
                            ("executive_devops", "DevOps Lead (executive)"),
                            ("executive_security", "Security Lead (executive)"),
                            ("executive_quality", "QA Lead (executive)"),
                            ("executive_support", "Support Lead (executive)"),
                        ],
                        editable=False,
                        max_length=32,
                        verbose_name="role",
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[("stakeholder", "stakeholders"), ("executive", "executives")],
                        editable=False,
                        max_length=12,
                        verbose_name="circle",
                    ),
                ),
                (
                    "evidence_hash",
                    models.CharField(editable=False, max_length=64, verbose_name="evidence hash"),
                ),
                (
                    "round",
                    models.PositiveIntegerField(editable=False, verbose_name="round of signatures"),
                ),
                ("signed_at", models.DateTimeField(editable=False, verbose_name="signed at")),
                (
                    "comment",
                    models.TextField(
                        blank=True, editable=False, max_length=4000, verbose_name="comment"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="operations.release",
                        verbose_name="release",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "ordering": ("signed_at", "pk"),
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("release", "round", "role"),
                        name="releasesignature_one_per_role",
                        violation_error_message="This role has signed already.",
                    ),
                    models.UniqueConstraint(
                        fields=("release", "round", "group", "person"),
                        name="releasesignature_distinct_people",
                        violation_error_message="Nobody signs for two roles of one circle.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("group", "stakeholder"), ("role__startswith", "stakeholder_")
                            ),
                            models.Q(("group", "executive"), ("role__startswith", "executive_")),
                            _connector="OR",
                        ),
                        name="releasesignature_role_of_its_group",
                        violation_error_message="The role belongs to the other circle.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signatory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="updated at")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("stakeholder_product", "Product Manager"),
                            ("stakeholder_engineering", "Engineering Lead"),
                            ("stakeholder_security", "Security Team"),
                            ("stakeholder_quality", "QA Team"),
                            ("stakeholder_operations", "Operations Team"),
                            ("stakeholder_users", "Business Users"),
                            ("executive_product", "Product Manager (executive)"),
                            ("executive_engineering", "Engineering Lead (executive)"),
                            ("executive_devops", "DevOps Lead (executive)"),
                            ("executive_security", "Security Lead (executive)"),
                            ("executive_quality", "QA Lead (executive)"),
                            ("executive_support", "Support Lead (executive)"),
                        ],
                        max_length=32,
                        verbose_name="role",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatory_roles",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="updated by",
                    ),
                ),
            ],
            options={
                "verbose_name": "signatory",
                "verbose_name_plural": "signatories",
                "ordering": ("role", "person"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("role", "person"),
                        name="signatory_once",
                        violation_error_message="This person may sign for the role already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "stakeholder_product",
                                    "stakeholder_engineering",
                                    "stakeholder_security",
                                    "stakeholder_quality",
                                    "stakeholder_operations",
                                    "stakeholder_users",
                                    "executive_product",
                                    "executive_engineering",
                                    "executive_devops",
                                    "executive_security",
                                    "executive_quality",
                                    "executive_support",
                                ],
                            )
                        ),
                        name="signatory_role_known",
                    ),
                ],
            },
        ),
        migrations.RunPython(up, down),
    ]
