"""Accounts: who may sign in, as which role, for which part of the county."""

from dashboard.core.permissions import Action
from dashboard.ui.session import guard

guard(Action.MANAGE_ACCOUNTS)
