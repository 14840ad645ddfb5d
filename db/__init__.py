"""Rows and transactions. Imports nothing from the dashboard's rooms."""
