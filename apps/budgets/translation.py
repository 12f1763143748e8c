"""Names that exist in English and Chinese."""

from modeltranslation.translator import TranslationOptions, register

from apps.budgets.models import CostCentre, Project


@register(CostCentre)
@register(Project)
class NameTranslation(TranslationOptions):
    """The name in both languages."""

    fields = ("name",)
