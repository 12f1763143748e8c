"""Requisitions are found by number, title and what is asked for; nothing on SQLite."""

from django.db import migrations

from apps.common.trigrams import AddTrigrams


class Migration(migrations.Migration):
    dependencies = [
        ("requisitions", "0001_initial"),
        ("common", "0003_need_trigrams"),
    ]

    operations = [
        AddTrigrams("requisition", "requisition_searched", ("number", "title")),
        AddTrigrams(
            "requisitionline",
            "requisitionline_searched",
            ("description", "supplier_part_number", "manufacturer_part_number"),
        ),
    ]
