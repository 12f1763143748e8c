"""No more is allocated than was asked for: triggers on PostgreSQL (SQLite: see triggers.py)."""

from django.db import migrations

from apps.procurement import triggers


def up(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in triggers.POSTGRES_UP:
            schema_editor.execute(statement)


def down(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in triggers.POSTGRES_DOWN:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial")]

    operations = [migrations.RunPython(up, down)]
