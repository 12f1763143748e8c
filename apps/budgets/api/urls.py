"""Routes of the API of cost centres and projects."""

from rest_framework.routers import SimpleRouter

from apps.budgets.api import views

router = SimpleRouter(trailing_slash=False)
router.register("cost-centres", views.CostCentreViewSet, basename="cost-centre")
router.register("projects", views.ProjectViewSet, basename="project")
urlpatterns = router.urls
