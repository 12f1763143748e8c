"""Pages of the approvals in the workspace."""

from django.urls import path

from apps.approvals.views import inbox, step

app_name = "approvals"
urlpatterns = [
    path("approvals", inbox.inbox, name="inbox"),
    path("approvals/decide", inbox.decide, name="decide_many"),
    path("approvals/colleagues", step.colleagues, name="colleagues"),
    path("approvals/<int:pk>", step.show, name="step"),
    path("approvals/<int:pk>/decide", step.decide, name="decide"),
    path("approvals/<int:pk>/ask", step.ask, name="ask"),
    path("approvals/questions/<int:pk>/answer", step.answer, name="answer"),
    path("approvals/<int:pk>/reassign", step.reassign, name="reassign"),
]
