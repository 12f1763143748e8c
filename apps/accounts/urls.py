"""Pages about oneself."""

from django.contrib.auth import views as auth
from django.urls import path

from apps.accounts.views import passwords, profile

urlpatterns = [
    path("login", auth.LoginView.as_view(), name="login"),
    path("logout", auth.LogoutView.as_view(), name="logout"),
    path("password", passwords.PasswordChangeView.as_view(), name="password_change"),
    path("password/done", passwords.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("password/forgotten", passwords.PasswordResetView.as_view(), name="password_reset"),
    path("password/sent", passwords.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "password/choose/<uidb64>/<token>",
        passwords.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    path(
        "password/chosen",
        passwords.PasswordResetCompleteView.as_view(),
        name="password_reset_complete",
    ),
    path("profile", profile.profile, name="profile"),
    path("profile/delegations", profile.delegate, name="delegation_create"),
    path("profile/delegations/<int:pk>/end", profile.revoke, name="delegation_revoke"),
]
