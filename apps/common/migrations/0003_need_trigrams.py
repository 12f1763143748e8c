"""Searches in the middle of words: PostgreSQL's extension for it; nothing on SQLite."""

from django.db import migrations

from apps.common.trigrams import NeedTrigrams


class Migration(migrations.Migration):
    dependencies = [("common", "0002_tell_imports_done_in_part")]

    operations = [NeedTrigrams()]
