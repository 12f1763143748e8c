"""Texts of operation that exist in English and Chinese."""

from modeltranslation.translator import TranslationOptions, register

from apps.operations import models


@register(models.StatusUpdate)
class StatusUpdateTranslation(TranslationOptions):
    """What strangers read."""

    fields = ("text",)
