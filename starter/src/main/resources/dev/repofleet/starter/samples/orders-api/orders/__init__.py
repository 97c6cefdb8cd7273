"""Orders, their totals and their invoices."""

__all__ = ["accounts", "app", "backup", "config", "importer", "invoices", "money", "store"]
