"""Settings of the service."""

import os

DATABASE = os.environ.get("ORDERS_DATABASE", "orders.db")
CURRENCY = os.environ.get("ORDERS_CURRENCY", "EUR")

BACKUP_BUCKET = "orders-backup"
BACKUP_ACCESS_KEY = "@@AWS_ACCESS_KEY_ID@@"
BACKUP_SECRET_KEY = os.environ.get("BACKUP_SECRET_KEY", "")
