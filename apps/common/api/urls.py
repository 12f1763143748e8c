"""Routes of what every document shares."""

from rest_framework.routers import SimpleRouter

from apps.common.api.files import AttachmentViewSet, CommentViewSet

router = SimpleRouter(trailing_slash=False)
router.register("attachments", AttachmentViewSet, basename="attachment")
router.register("comments", CommentViewSet, basename="comment")
urlpatterns = router.urls
