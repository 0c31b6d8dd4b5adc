#!/usr/bin/env python3
"""Times `patternbook build` on growing books, with mdBook's own build of the same chapters beside it.

    python3 benches/site/growth.py --program target/release/patternbook --mdbook PATH

The copies show the same code, which is highlighted once: pages of their own would take longer, the first time.
Prints a Markdown table of medians. Ratios are within one size of one run; the seconds are this machine's.
"""

import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Whole copies of these make a project; patterns that name files beside them are copied once.
PARTS = ["patterns", "book", "templates", "labs", "contracts", "schema", "choose.yaml", "ledger.json"]
# mdBook's time grows with the square of the chapters.
MOST_FOR_MDBOOK = 2_000


def main():
    options = arguments()
    rows = []
    with tempfile.TemporaryDirectory(prefix="growth-bench-") as name:
        work = Path(name)
        for size in options.sizes:
            rows.append(measure(size, work / str(size), options))
            print(f"{size} patterns: done", file=sys.stderr)
    show(rows)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True, help="the release build of patternbook")
    parser.add_argument("--mdbook", type=Path, help="mdBook's program; without it, ours alone is timed")
    parser.add_argument("--runs", type=int, default=5, help="of each")
    parser.add_argument("--sizes", type=lambda text: [int(part) for part in text.split(",")],
                        default=[500, 1_000, 2_000, 5_000, 10_000])
    return parser.parse_args()


def measure(size, folder, options):
    """The medians of one size; every round takes each contender once."""
    project, changing = make_project(folder / "project", size)
    program = options.program.resolve()
    site, chapters = folder / "out", folder / "mdbook"
    build, kept = [program, "build", "--out", site], folder / "cache"
    run([program, "build", "--for", "mdbook", "--out", chapters], project, kept)
    book = next(path.parent for path in chapters.rglob("book.toml"))
    peer = options.mdbook if size <= MOST_FOR_MDBOOK else None
    times = {}
    for count in range(options.runs):
        shutil.rmtree(site, ignore_errors=True)
        shutil.rmtree(kept, ignore_errors=True)
        note(times, "cold", run(build, project, kept))
        text = changing.read_text()
        changing.write_text(text.replace("\ntitle: ", f"\ntitle: {count} ", 1))
        note(times, "edited", run(build, project, kept))
        changing.write_text(text)
        run(build, project, kept)
        note(times, "unchanged", run(build, project, kept))
        if peer:
            shutil.rmtree(book / "book", ignore_errors=True)
            note(times, "mdbook", run([peer.resolve(), "build"], book, kept))
    pages = sum(1 for _ in (site / "site").rglob("*.html"))
    shutil.rmtree(folder)
    return size, pages, {name: median(values) for name, values in times.items()}


def note(times, name, value):
    times.setdefault(name, []).append(value)


def median(values):
    """Wall and processor time, each by itself."""
    return tuple(statistics.median(part) for part in zip(*values))


def run(command, folder, kept):
    """The seconds that a command takes, by the clock and of the processor. `kept` is the cache that ours may use."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                          env={**os.environ, "PATTERNBOOK_CACHE": str(kept)})
    wall, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def make_project(folder, size):
    """The real project, with copies of its patterns under new names; and a pattern to change."""
    folder.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part)
        elif source.is_file():
            shutil.copy(source, folder / part)
    patterns = sorted((folder / "patterns").rglob("*.yaml"))
    texts = {path.stem: path.read_text() for path in patterns}
    originals = [name for name, text in texts.items() if "\n    source: " not in text and f"id: {name}\n" in text]
    copies = []
    for index in range(len(texts), size):
        name = originals[index % len(originals)]
        copy = f"{name}-{index}"
        target = folder / "patterns" / f"copies-{index % 50}" / f"{copy}.yaml"
        target.parent.mkdir(exist_ok=True)
        text = texts[name].replace(f"id: {name}\n", f"id: {copy}\n", 1)
        # No copy was run, so none may claim to be proven.
        text = re.sub(r"(?m)^ +level: .*\n", "", text)
        target.write_text(text)
        copies.append(copy)
    manifest = (ROOT / "patternbook.yaml").read_text()
    head, skills = manifest.split("\nskills:", 1)
    guide = "  - id: copies\n    title: Copies\n    summary: Copies of the patterns.\n    parts:\n"
    for start in range(0, len(copies), 100):
        names = ", ".join(copies[start:start + 100])
        guide += f"      - {{title: Part {start}, patterns: [{names}]}}\n"
    (folder / "patternbook.yaml").write_text(f"{head.rstrip()}\n{guide if copies else ''}\nskills:{skills}")
    return folder, folder / "patterns" / target.parent.name / target.name


def show(rows):
    print("| patterns | pages | cold s | µs/page | mdBook s | cold/mdBook | one page edited s | edited/mdBook | unchanged s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for size, pages, times in rows:
        (cold, cold_cpu), (edited, _), (unchanged, _) = times["cold"], times["edited"], times["unchanged"]
        peer = times.get("mdbook")
        mdbook, of_cold, of_edited = (
            (f"{peer[0]:.2f}", f"{cold / peer[0]:.2f}", f"{edited / peer[0]:.2f}") if peer else ("–", "–", "–"))
        print(f"| {size:,} | {pages:,} | {cold:.2f} | {cold_cpu / pages * 1e6:.0f} of CPU | {mdbook} | {of_cold} | {edited:.2f} "
              f"| {of_edited} | {unchanged:.2f} |")


if __name__ == "__main__":
    main()
