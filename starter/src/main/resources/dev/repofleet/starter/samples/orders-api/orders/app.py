"""The command line: load a catalogue, list orders, print an invoice."""

import argparse
import sys

from orders import importer, invoices, store


def parser():
    commands = argparse.ArgumentParser(prog="orders")
    commands.add_argument("database")
    commands.add_argument("--import-file")
    commands.add_argument("--customer")
    commands.add_argument("--invoice", type=int)
    return commands


def main(argv=None):
    options = parser().parse_args(argv)
    with store.open_store(options.database) as orders:
        if options.import_file:
            for item in importer.read_catalogue(options.import_file):
                orders.add_item(item)
        if options.customer:
            for order in orders.by_customer(options.customer):
                print(order["id"], order["total"])
        if options.invoice:
            invoices.print_invoice(orders.by_id(options.invoice), "invoice.pdf")
    return 0


if __name__ == "__main__":
    sys.exit(main())
