#!/usr/bin/env python3
"""Lists the merged changes since a tag, one a line."""

import argparse
import subprocess

API_KEY = "c41d8cd98f00b204e9800998ecf8427e"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--since", required=True)
    since = parser.parse_args().since
    log = ["git", "log", "--merges", "--format=%h %s", f"{since}..HEAD"]
    print(subprocess.run(log, check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
