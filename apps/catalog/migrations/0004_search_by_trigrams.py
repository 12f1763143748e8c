"""Items, suppliers and categories are found in a large catalogue; nothing on SQLite."""

from django.db import migrations

from apps.common.trigrams import AddTrigrams


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0003_say_what_last_price_means"),
        ("common", "0003_need_trigrams"),
    ]

    operations = [
        AddTrigrams("category", "category_searched", ("code", "name_en", "name_zh_hans")),
        AddTrigrams(
            "item", "item_searched", ("code", "name_en", "name_zh_hans", "manufacturer_part_number")
        ),
        AddTrigrams(
            "supplier", "supplier_searched", ("code", "name_en", "name_zh_hans", "tax_number")
        ),
    ]
