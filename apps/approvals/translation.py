"""Texts that exist in English and Chinese."""

from modeltranslation.translator import TranslationOptions, register

from apps.approvals.models import (
    ApprovalAssignment,
    ApprovalRule,
    ApprovalRuleStep,
    ApprovalStep,
    Holiday,
)


@register(ApprovalRule)
@register(ApprovalRuleStep)
@register(Holiday)
class NameTranslation(TranslationOptions):
    """The name in both languages."""

    fields = ("name",)


@register(ApprovalStep)
class StepTranslation(TranslationOptions):
    """What the rule said when the document was submitted."""

    fields = ("name", "why")


@register(ApprovalAssignment)
class AssignmentTranslation(TranslationOptions):
    """Why this person or group was asked."""

    fields = ("why",)
