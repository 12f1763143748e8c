"""The headings of the back office's side navigation, sorted the way the business works."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Group:
    """One heading of the side navigation and what stands under it, in this order."""

    key: str
    label: Any
    icon: str
    apps: tuple[str, ...]
    models: tuple[tuple[str, str], ...] = ()
    folded: bool = False


GROUPS = (
    Group(
        "requests",
        _("Requests"),
        "journal-text",
        ("requisitions",),
        (("requisition", "journal-text"), ("requisitionline", "list-check")),
    ),
    Group(
        "procurement",
        _("Procurement"),
        "cart",
        ("procurement",),
        (
            ("openline", "list-check"),
            ("purchaseorder", "cart-check"),
            ("purchaseorderline", "table"),
            ("allocation", "link-45deg"),
        ),
    ),
    Group(
        "catalogue",
        _("Catalogue"),
        "box-seam",
        ("catalog",),
        (
            ("supplier", "shop"),
            ("item", "box-seam"),
            ("supplierprice", "tag"),
            ("category", "diagram-3"),
            ("supplierbankaccount", "bank"),
            ("suppliercontact", "person"),
            ("unit", "rulers"),
            ("currency", "currency-exchange"),
            ("exchangerate", "arrow-left-right"),
            ("taxcode", "percent"),
            ("paymentterm", "calendar3"),
            ("incoterm", "truck"),
        ),
    ),
    Group(
        "budgets",
        _("Budgets"),
        "wallet2",
        ("budgets",),
        (("costcentre", "wallet2"), ("project", "kanban"), ("costcentregrant", "key")),
    ),
    Group(
        "approvals",
        _("Approvals"),
        "check2-all",
        ("approvals",),
        (
            ("approvalrequest", "hourglass-split"),
            ("approvalstep", "signpost-split"),
            ("approvaldecision", "check2-all"),
            ("approvalrule", "sliders"),
            ("holiday", "calendar-event"),
        ),
    ),
    Group(
        "support",
        _("Support"),
        "life-preserver",
        ("support",),
        (
            ("supportissue", "flag"),
            ("issuetype", "table"),
            ("escalationstep", "arrow-up"),
            ("supportlevel", "stopwatch"),
            ("supportcontact", "telephone"),
            ("supportchannel", "chat-left-text"),
            ("rota", "repeat"),
            ("rotaoverride", "arrow-left-right"),
            *(("trainingcourse", "journal-text"), ("quizquestion", "question-circle")),
            ("trainingrecord", "clipboard-check"),
            ("calendarentry", "calendar-event"),
            *(("feedback", "chat-left-text"), ("surveyround", "star")),
            ("surveyanswer", "bar-chart-line"),
        ),
    ),
    Group(
        "operations",
        _("Operations"),
        "bell",
        ("operations",),
        (
            *(("incident", "flag"), ("alertstate", "bell"), ("silence", "stopwatch")),
            *(("alertchannel", "send"), ("backuprun", "archive"), ("drillrun", "stopwatch")),
            ("release", "clipboard-check"),
            *(("evidencerun", "list-check"), ("signatory", "person-check")),
        ),
    ),
    Group(
        "people",
        _("People & access"),
        "people",
        ("accounts", "auth", "guardian"),
        (
            ("user", "person"),
            ("department", "building"),
            ("departmentscope", "key"),
            ("delegation", "person-check"),
            ("group", "people"),
        ),
    ),
    Group(
        "audit",
        _("Audit"),
        "journal-check",
        ("audit", "auditlog", "axes"),
        (
            ("entry", "journal-check"),
            ("accessattempt", "shield-lock"),
            ("accessfailurelog", "shield-lock"),
            ("accesslog", "clock-history"),
        ),
        folded=True,
    ),
    Group(
        "system",
        _("System"),
        "gear",
        (),
        (
            ("importrun", "file-earmark-arrow-up"),
            ("importmapping", "file-earmark-spreadsheet"),
            ("numbersequence", "hash"),
            ("outboxmessage", "send"),
            ("dbtaskresult", "stopwatch"),
        ),
        folded=True,
    ),
)
