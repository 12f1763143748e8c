"""Routes of the engineers' workspace."""

from django.urls import path

from apps.requisitions.views import detail, editing, lists, lookups

app_name = "requisitions"
urlpatterns = [
    path("", lists.requisition_list, name="list"),
    path("requisitions/new", editing.create, name="create"),
    path("requisitions/<int:pk>", detail.show, name="detail"),
    path("requisitions/<int:pk>/edit", editing.edit, name="edit"),
    path("requisitions/<int:pk>/copy", detail.copy, name="copy"),
    path("requisitions/<int:pk>/delete", detail.delete, name="delete"),
    path("requisitions/<int:pk>/watch", detail.watch, name="watch"),
    path("requisitions/<int:pk>/share", detail.share, name="share"),
    path("requisitions/<int:pk>/comments", detail.comment, name="comment"),
    path("requisitions/<int:pk>/attachments", detail.attach, name="attach"),
    path(
        "requisitions/<int:pk>/attachments/<int:attachment_pk>/remove",
        detail.remove_attachment,
        name="remove_attachment",
    ),
    path("requisitions/<int:pk>/move/<slug:name>", detail.move, name="action"),
    path("requisitions/lookup/items", lookups.items, name="lookup_items"),
    path("requisitions/lookup/suppliers", lookups.suppliers, name="lookup_suppliers"),
    path("requisitions/lookup/categories", lookups.categories, name="lookup_categories"),
    path("requisitions/lookup/people", lookups.people, name="lookup_people"),
]
