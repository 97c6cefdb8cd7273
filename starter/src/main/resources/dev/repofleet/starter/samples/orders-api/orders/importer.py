"""Catalogues that suppliers send as YAML."""

import yaml

from orders.money import parse_amount


def read_catalogue(path):
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, Loader=yaml.Loader)
    return [item(entry) for entry in document.get("items", [])]


def read_prices(text):
    """Prices alone, as another department keeps them."""
    return {sku: parse_amount(price) for sku, price in yaml.safe_load(text).items()}


def item(entry):
    return {"sku": str(entry["sku"]), "name": entry["name"], "price": parse_amount(entry["price"])}
