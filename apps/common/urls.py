"""Pages and downloads that belong to no single app."""

from django.urls import path

from apps.common.views import files

app_name = "common"
urlpatterns = [
    path("attachments/<int:pk>", files.download, name="download"),
]
