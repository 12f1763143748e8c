"""Who asked decides nothing, and decisions are final: triggers on PostgreSQL (SQLite: triggers.py)."""

from django.db import migrations

from apps.approvals import triggers


def up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        triggers.GUARD.put_up(schema_editor.connection)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        triggers.GUARD.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_keep_reasons_in_both_languages")]

    operations = [migrations.RunPython(up, down)]
