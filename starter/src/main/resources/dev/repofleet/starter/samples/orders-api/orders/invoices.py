"""Invoices as text, and as PDF by the host's tool."""

import subprocess
import tempfile

from orders.money import format_amount


def render(order):
    return "\n".join(
        [
            "Invoice",
            f"Order    {order['id']}",
            f"Customer {order['customer']}",
            f"Total    {format_amount(order['total'])}",
        ]
    )


def print_invoice(order, target):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as draft:
        draft.write(render(order))
    source = draft.name
    subprocess.run(f"text2pdf --output {target} {source}", shell=True, check=True)
    return target


def tool_version():
    done = subprocess.run(["text2pdf", "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip()
