"""People, departments and rights in the back office."""

from apps.accounts.admin import access as access
from apps.accounts.admin import departments as departments
from apps.accounts.admin import users as users
