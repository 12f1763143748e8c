"""Names that exist in English and Chinese."""

from modeltranslation.translator import TranslationOptions, register

from apps.catalog import models


@register(models.Unit)
@register(models.Incoterm)
@register(models.Currency)
@register(models.TaxCode)
@register(models.PaymentTerm)
@register(models.Category)
@register(models.Supplier)
class NameTranslation(TranslationOptions):
    """The name in both languages."""

    fields = ("name",)


@register(models.Item)
class ItemTranslation(TranslationOptions):
    """The name and the specification in both languages."""

    fields = ("name", "description")
