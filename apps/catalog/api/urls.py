"""Routes of the catalogue's API."""

from rest_framework.routers import SimpleRouter

from apps.catalog.api import views

router = SimpleRouter(trailing_slash=False)
router.register("units", views.UnitViewSet, basename="unit")
router.register("currencies", views.CurrencyViewSet, basename="currency")
router.register("exchange-rates", views.ExchangeRateViewSet, basename="exchange-rate")
router.register("tax-codes", views.TaxCodeViewSet, basename="tax-code")
router.register("payment-terms", views.PaymentTermViewSet, basename="payment-term")
router.register("incoterms", views.IncotermViewSet, basename="incoterm")
router.register("categories", views.CategoryViewSet, basename="category")
router.register("items", views.ItemViewSet, basename="item")
router.register("suppliers", views.SupplierViewSet, basename="supplier")
router.register("supplier-prices", views.SupplierPriceViewSet, basename="supplier-price")
urlpatterns = router.urls
