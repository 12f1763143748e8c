"""Routes of the audit on the API."""

from rest_framework.routers import SimpleRouter

from apps.audit.api import views

router = SimpleRouter(trailing_slash=False)
router.register("audit-entries", views.EntryViewSet, basename="audit-entry")
urlpatterns = router.urls
