"""No more is allocated than was asked for: triggers on PostgreSQL (SQLite: see triggers.py)."""

from django.db import migrations

from apps.procurement import triggers


def up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        triggers.GUARD.put_up(schema_editor.connection)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        triggers.GUARD.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial")]

    operations = [migrations.RunPython(up, down)]
