"""Routes of the approvals API."""

from rest_framework.routers import SimpleRouter

from apps.approvals.api.views import ApprovalViewSet

router = SimpleRouter(trailing_slash=False)
router.register("approvals", ApprovalViewSet, basename="approval")
urlpatterns = router.urls
