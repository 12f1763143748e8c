"""From here on the database refuses to change or remove audit entries."""

from django.db import migrations

from apps.audit import triggers


def up(apps, schema_editor):
    triggers.GUARD.put_up(schema_editor.connection)


def down(apps, schema_editor):
    triggers.GUARD.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(up, down)]
