#!/usr/bin/env python3
"""Matches the lines of a statement with open invoices."""

import argparse
import json
import sys
import xml.etree.ElementTree as ElementTree


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--statement", required=True)
    parser.add_argument("--invoices", required=True)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    with open(arguments.invoices, encoding="utf-8") as file:
        invoices = {invoice["number"]: invoice for invoice in json.load(file)}
    if not invoices:
        print("no invoices", file=sys.stderr)
        return 1
    root = ElementTree.parse(arguments.statement).getroot()
    for number, line in enumerate(root.iter("Ntry"), start=1):
        reference = (line.findtext(".//Ustrd") or "").strip()
        if arguments.verbose:
            print(f"line {number}: {reference}", file=sys.stderr)
        if reference in invoices:
            print(json.dumps({"line": number, "invoice": reference}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
