"""Routes of the requisitions API."""

from rest_framework.routers import SimpleRouter

from apps.requisitions.api.views import RequisitionViewSet

router = SimpleRouter(trailing_slash=False)
router.register("requisitions", RequisitionViewSet, basename="requisition")
urlpatterns = router.urls
