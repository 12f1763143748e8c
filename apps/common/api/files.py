"""Files and comments of any document over the API, by `document` = `requisition:12`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import RequestDataTooBig
from django.db.models import QuerySet
from django.http import FileResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from apps.common import documents
from apps.common.api.idempotency import once
from apps.common.api.permissions import Rule, logged_in
from apps.common.api.serializers import StrictSerializer
from apps.common.api.viewsets import ERPViewSet
from apps.common.errors import InvalidInputError
from apps.common.models import Attachment, Comment
from apps.common.services import attachments, comments
from apps.common.views.files import as_download

LONGEST_REFERENCE = 64


def reference_of(record: Attachment | Comment) -> str:
    """`requisition:12`."""
    model = record.content_type.model_class()
    names = [name for name, kind in documents.kinds().items() if kind.model is model]
    return f"{names[0] if names else record.content_type.model}:{record.object_id}"


def own_unless_named(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the document the filter names; without one, what the person wrote themselves."""
    if "document" in request.query_params:
        return rows
    return rows.filter(created_by=request.user.pk)


class DocumentFilter(filters.FilterSet):  # type: ignore[misc]  # it has no stubs
    """Files and comments by document."""

    document = filters.CharFilter(method="of_document", max_length=LONGEST_REFERENCE)

    def of_document(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those of one document, if this person may see it."""
        document = documents.find(value, self.request.user)
        content_type = ContentType.objects.get_for_model(document)
        return queryset.filter(content_type=content_type, object_id=document.pk)


class AttachmentSerializer(StrictSerializer):
    """A file on a document."""

    id = serializers.IntegerField(read_only=True)
    document = serializers.SerializerMethodField()
    name = serializers.CharField(read_only=True)
    media_type = serializers.CharField(read_only=True)
    size = serializers.IntegerField(read_only=True)
    sha256 = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)

    def get_document(self, record: Attachment) -> str:
        """The document it belongs to."""
        return reference_of(record)


class UploadSerializer(StrictSerializer):
    """A file to put on a document."""

    document = serializers.CharField(max_length=LONGEST_REFERENCE)
    file = serializers.FileField(allow_empty_file=True, max_length=4096)


class CommentSerializer(StrictSerializer):
    """What somebody said about a document."""

    id = serializers.IntegerField(read_only=True)
    document = serializers.SerializerMethodField()
    text = serializers.CharField(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True)
    created_by_name = serializers.CharField(source="created_by.display_name", read_only=True)

    def get_document(self, record: Comment) -> str:
        """The document it is about."""
        return reference_of(record)


class NewCommentSerializer(StrictSerializer):
    """Something to say; @names are told."""

    document = serializers.CharField(max_length=LONGEST_REFERENCE)
    text = serializers.CharField(max_length=comments.LONGEST, trim_whitespace=False)


class AttachmentViewSet(ERPViewSet):
    """Files on documents."""

    queryset = Attachment.objects.none()
    serializer_class = AttachmentSerializer
    filterset_class = DocumentFilter
    policies: ClassVar[Mapping[str, Rule]] = dict.fromkeys(
        ("list", "retrieve", "create", "destroy", "content"), logged_in
    )

    def get_parsers(self) -> list[Any]:
        """Uploads come as forms."""
        if self.request is not None and self.request.method == "POST":
            return [MultiPartParser()]
        return list(super().get_parsers())

    def visible(self) -> QuerySet[Attachment]:
        """Those not removed; whose document may be seen is asked for the one at hand."""
        rows = Attachment.objects.filter(removed_at=None)
        return own_unless_named(self.request, rows.select_related("created_by", "content_type"))

    def get_object(self) -> Attachment:
        """A file of a document this person may see."""
        return attachments.find(int(self.kwargs["pk"]), by=self.request.user)

    @extend_schema(request={"multipart/form-data": UploadSerializer})
    def create(self, request: Request) -> Response:
        """Put a file on a document."""
        body = UploadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        document = documents.find(body.validated_data["document"], request.user)
        try:
            made = attachments.attach(document, upload=body.validated_data["file"], by=request.user)
        except InvalidInputError as error:
            if error.code == "file_too_large":
                raise RequestDataTooBig(str(error)) from error
            raise
        return self.reply(made, code=status.HTTP_201_CREATED)

    def destroy(self, request: Request, pk: str) -> Response:
        """Take a file off its document."""
        attachments.remove(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, filterset_class=None, pagination_class=None)
    def content(self, request: Request, pk: str) -> FileResponse:
        """The file itself, as a download."""
        return as_download(attachments.open_attachment(int(pk), by=request.user))


class CommentViewSet(ERPViewSet):
    """Comments on documents: written once, never changed."""

    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    filterset_class = DocumentFilter
    policies: ClassVar[Mapping[str, Rule]] = dict.fromkeys(
        ("list", "retrieve", "create"), logged_in
    )

    def visible(self) -> QuerySet[Comment]:
        """Those of a document that may be seen, or one's own."""
        rows = Comment.objects.select_related("created_by", "content_type")
        return own_unless_named(self.request, rows)

    def get_object(self) -> Comment:
        """A comment on a document this person may see."""
        return comments.find(int(self.kwargs["pk"]), by=self.request.user)

    @extend_schema(request=NewCommentSerializer)
    def create(self, request: Request) -> Response:
        """Say something about a document."""

        def work() -> Response:
            body = NewCommentSerializer(data=request.data)
            body.is_valid(raise_exception=True)
            document = documents.find(body.validated_data["document"], request.user)
            made = comments.comment(document, text=body.validated_data["text"], by=request.user)
            return self.reply(made, code=status.HTTP_201_CREATED)

        return once(request, work)
