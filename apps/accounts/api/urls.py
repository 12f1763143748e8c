"""Routes of the API of people and departments."""

from rest_framework.routers import SimpleRouter

from apps.accounts.api import schema, views

router = SimpleRouter(trailing_slash=False)
router.register("users", views.UserViewSet, basename="user")
router.register("departments", views.DepartmentViewSet, basename="department")
urlpatterns = router.urls

__all__ = ["router", "schema", "urlpatterns"]  # the schema registers itself
