"""Orders are found by number, supplier and references; nothing on SQLite."""

from django.db import migrations

from apps.common.trigrams import AddTrigrams


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0003_keep_editors_and_part_numbers"),
        ("common", "0003_need_trigrams"),
    ]

    operations = [
        AddTrigrams(
            "purchaseorder",
            "purchaseorder_searched",
            ("number", "supplier_name", "supplier_reference", "external_reference"),
        ),
    ]
