"""Everything that is written about people, departments, delegations and log-ins."""

from apps.accounts.services import scopes as scopes
from apps.accounts.services.delegations import delegate, revoke
from apps.accounts.services.departments import save_department
from apps.accounts.services.first_admin import make_first_admin, undo_first_admin
from apps.accounts.services.passwords import (
    ask_for_link,
    send_password_link,
    set_password,
    unlock,
    unlock_as_operator,
)
from apps.accounts.services.roles import set_roles, set_up_roles
from apps.accounts.services.scopes import grant_scope, revoke_scope
from apps.accounts.services.sessions import begin, end, rotate
from apps.accounts.services.users import (
    create_user,
    deactivate,
    reactivate,
    update_profile,
    update_user,
)

__all__ = [
    "ask_for_link",
    "begin",
    "create_user",
    "deactivate",
    "delegate",
    "end",
    "grant_scope",
    "make_first_admin",
    "reactivate",
    "revoke",
    "revoke_scope",
    "rotate",
    "save_department",
    "send_password_link",
    "set_password",
    "set_roles",
    "set_up_roles",
    "undo_first_admin",
    "unlock",
    "unlock_as_operator",
    "update_profile",
    "update_user",
]
