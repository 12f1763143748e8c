"""Routes of the procurement API."""

from rest_framework.routers import SimpleRouter

from apps.procurement.api.open_lines import OpenLineViewSet
from apps.procurement.api.views import PurchaseOrderViewSet

router = SimpleRouter(trailing_slash=False)
router.register("purchase-orders", PurchaseOrderViewSet, basename="purchaseorder")
router.register("requisition-lines/open", OpenLineViewSet, basename="openline")
urlpatterns = router.urls
