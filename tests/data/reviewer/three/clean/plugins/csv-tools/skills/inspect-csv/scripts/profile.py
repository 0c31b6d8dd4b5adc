#!/usr/bin/env python3
"""Reports the columns of a CSV file as TOML."""

import csv
import sys


def main(path: str) -> int:
    with open(path, newline="", encoding="utf-8-sig") as file:
        dialect = csv.Sniffer().sniff(file.read(8192))
        file.seek(0)
        rows = list(csv.reader(file, dialect))
    head, body = rows[0], rows[1:]
    print(f"rows = {len(body)}\ndelimiter = \"{dialect.delimiter}\"")
    for index, name in enumerate(head):
        empty = sum(1 for row in body if len(row) > index and not row[index].strip())
        print(f"\n[columns.\"{name}\"]\nempty = {empty}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
