"""The list of approvals opens with the newest, however many there are."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_add_department_scope"),
        ("approvals", "0005_let_rules_need_no_approval"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="approvalrequest",
            index=models.Index(fields=["-created_at", "-id"], name="approvalrequest_newest"),
        ),
    ]
