"""Names that exist in English and Chinese."""

from modeltranslation.translator import TranslationOptions, register

from apps.accounts.models import Department


@register(Department)
class DepartmentTranslation(TranslationOptions):
    """The name in both languages."""

    fields = ("name",)
