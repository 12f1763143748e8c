"""The worklist finds the few lines with something to order among all there ever were."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0004_search_by_trigrams"),
        ("requisitions", "0002_search_by_trigrams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="requisitionline",
            index=models.Index(
                condition=models.Q(
                    ("ordered_quantity__lt", models.F("quantity")), ("status", "open")
                ),
                fields=["needed_by", "id"],
                name="requisitionline_to_order",
            ),
        ),
    ]
