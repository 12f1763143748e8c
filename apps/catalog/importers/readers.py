"""How the cells of the catalogue's tables are read; what is not certain is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from apps.common.importing.kinds import ImportField
from apps.common.importing.readers import (
    code,
    code_with_spaces,
    days,
    name,
    number,
    text,
    yes_or_no,
)

__all__ = ["ACTIVE", "code", "code_with_spaces", "days", "names", "number", "text", "yes_or_no"]


def names(length: int) -> tuple[ImportField, ImportField]:
    """The name in both languages; at least one of them has to be there."""
    return (
        ImportField(
            "name_en",
            gettext_lazy("name (English)"),
            name(length),
            aliases=("name", "en", "english", "english name", "description_en"),
        ),
        ImportField(
            "name_zh_hans",
            gettext_lazy("name (Chinese)"),
            name(length),
            aliases=("zh", "zh_hans", "name_zh", "chinese", "chinese name", "名称", "中文名称"),
        ),
    )


ACTIVE = ImportField("is_active", gettext_lazy("active"), yes_or_no, aliases=("active", "启用"))
