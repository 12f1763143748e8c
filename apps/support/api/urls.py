"""Routes of the support API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from apps.support.api.views import OnCallView, SupportIssueViewSet

router = SimpleRouter(trailing_slash=False)
router.register("support-issues", SupportIssueViewSet, basename="support-issue")
urlpatterns = [*router.urls, path("on-call", OnCallView.as_view(), name="on-call")]
