"""Amounts in cents."""

from decimal import ROUND_HALF_UP, Decimal


def parse_amount(text):
    """Cents of a written amount such as 12.50."""
    return int((Decimal(str(text)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_amount(cents, currency="EUR"):
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d} {currency}"


def with_tax(cents, percent):
    return cents + int((Decimal(cents) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))
