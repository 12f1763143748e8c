"""Routes of log-in and tokens."""

from django.urls import path

from apps.accounts.api import auth_views as views

urlpatterns = [
    path("login", views.LoginView.as_view(), name="api-login"),
    path("refresh", views.RefreshView.as_view(), name="api-refresh"),
    path("logout", views.LogoutView.as_view(), name="api-logout"),
    path("me", views.MeView.as_view(), name="api-me"),
]
