#!/usr/bin/env python3
"""Builds the guide with four generators, looks at its pages in a browser, and prints Markdown tables.

    python3 benches/site/run.py --program target/release/patternbook

Needs cargo, Node 20 with npm, Chromium, and a Python with `venv`. What it installs goes into `target/site-bench`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
from generators import Generator, generators_of, install_npm, output  # noqa: E402

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
BROWSER_PACKAGES = ["playwright-core@1.65.1", "axe-core@4.14.1", "pagefind@1.6.0"]
PARTS = ["pages", "every-page", "search", "builds"]
PAGES = {
    "front page": "index.md",
    "long pattern": "oauth/code-flow-pkce.md",
    "pattern with a diagram": "connect/headers-helper.md",
    "choice": "choose.md",
    "symptoms": "symptoms.md",
    "chapter": "checker/index.md",
}


def main():
    options = arguments()
    program = options.program.resolve()
    cache = options.cache.resolve()
    install_npm(cache / "browser", BROWSER_PACKAGES)
    with tempfile.TemporaryDirectory(prefix="site-bench-") as name:
        work = options.work.resolve() if options.work else Path(name)
        work.mkdir(parents=True, exist_ok=True)
        generators = generators_of(program, PROJECT, work, cache)
        browser = {"packages": str(cache / "browser"), "browser": options.browser}
        for generator in generators:
            if not generator.site.exists():
                measure(generator)
        print(f"Load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.")
        if "pages" in options.parts:
            show_pages(generators, browser, work, options.runs)
        if "every-page" in options.parts:
            show_all_pages(generators[0], browser, work)
        if "search" in options.parts:
            show_search(generators, browser, work, cache, options.runs)
        if "builds" in options.parts:
            show_builds(generators, options.runs)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True, help="the release build")
    parser.add_argument("--runs", type=int, default=3, help="of each build and of each page's time")
    parser.add_argument("--browser", default=shutil.which("chromium") or shutil.which("google-chrome"))
    parser.add_argument("--cache", type=Path, default=PROJECT / "target/site-bench")
    parser.add_argument("--parts", type=lambda text: text.split(","), default=PARTS, help="of " + ",".join(PARTS))
    parser.add_argument("--work", type=Path, help="a folder to keep: sites that stand there are not built again for other parts")
    return parser.parse_args()


# Builds

def measure(generator):
    """Seconds of wall and of processor, from nothing kept."""
    for kept in generator.kept:
        shutil.rmtree(kept, ignore_errors=True)
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in generator.command], cwd=generator.folder,
                               env={**os.environ, **generator.environment, "NO_COLOR": "1"}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{generator.name} ended with {process.returncode}:\n{errors.decode()}")
    return wall, usage.ru_utime + usage.ru_stime


def by_turns(generators, runs):
    """Medians of wall and of processor time. By turns, so that what else the machine does falls on all of them."""
    samples = {it.name: [] for it in generators}
    for _ in range(runs):
        for generator in generators:
            samples[generator.name].append(measure(generator))
    return {name: tuple(statistics.median(column) for column in zip(*of_name)) for name, of_name in samples.items()}


def show_builds(generators, runs):
    results = by_turns(generators, runs)
    base = next(cpu for name, (_, cpu) in results.items() if name.startswith("mdBook"))
    print("\n| generator | pages | wall s | CPU s | CPU vs mdBook |")
    print("|---|---|---|---|---|")
    for it in generators:
        wall, cpu = results[it.name]
        pages = len(list(it.site.rglob("*.html")))
        print(f"| {it.name} | {pages} | {wall:.2f} | {cpu:.2f} | {cpu / base:.2f} |")


# Pages

def ask_node(script, settings, work):
    path = work / "settings.json"
    path.write_text(json.dumps(settings))
    return json.loads(output(["node", HERE / script, path]))


def show_pages(generators, browser, work, runs):
    sites = [{"name": it.name, "folder": str(it.site), "addresses": [it.address(page) for page in PAGES.values()]}
             for it in generators]
    results = ask_node("pages.mjs", {**browser, "runs": runs, "sites": sites}, work)
    print(f"\nChromium {results['browser']}.\n")
    print("| page | generator | requests | to other hosts | KB | of it script | axe light | axe dark | first paint s | DOM ready s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for index, page in enumerate(PAGES):
        for it in generators:
            print(f"| {page} | {it.name} | {row(results['pages'][it.name][index])} |")
    for it in generators:
        print(f"| **mean** | {it.name} | {row(mean(results['pages'][it.name]))} |")
    print("\nWhat axe finds, nodes on these pages in light and in dark:\n")
    for it in generators:
        print(f"- {it.name}: {rules_of(results['pages'][it.name])}")
    print("\nWhat is heavy on the front page, KB:\n")
    for it in generators:
        heaviest = results["pages"][it.name][0]["heaviest"]
        print(f"- {it.name}: " + ", ".join(f"`{Path(path).name or 'the page'}` {bytes_ / 1e3:.1f}" for path, bytes_ in heaviest))


def row(page):
    return (f"{page['requests']:.0f} | {page['elsewhere']:.0f} | {page['bytes'] / 1e3:.1f} | {page['script'] / 1e3:.1f} "
            f"| {page['light']['nodes']:.0f} | {page['dark']['nodes']:.0f} "
            f"| {page['first'] / 1e3:.2f} | {page['ready'] / 1e3:.2f}")


def mean(pages):
    made = {key: statistics.mean(page[key] for page in pages)
            for key in ("requests", "elsewhere", "bytes", "script", "first", "ready")}
    for scheme in ("light", "dark"):
        made[scheme] = {"nodes": statistics.mean(page[scheme]["nodes"] for page in pages)}
    return made


def rules_of(pages):
    counts = {}
    for position, scheme in enumerate(("light", "dark")):
        for page in pages:
            for rule, nodes in page[scheme]["rules"].items():
                counts.setdefault(rule, [0, 0])[position] += nodes
    return ", ".join(f"{rule} {light} / {dark}" for rule, (light, dark) in sorted(counts.items())) or "nothing"


def show_all_pages(ours, browser, work):
    addresses = sorted(str(path.relative_to(ours.site)) for path in ours.site.rglob("*.html"))
    settings = {**browser, "runs": 0, "sites": [{"name": ours.name, "folder": str(ours.site), "addresses": addresses}]}
    pages = ask_node("pages.mjs", settings, work)["pages"][ours.name]
    heaviest = max(pages, key=lambda page: page["bytes"])
    print(f"\nAll {len(pages)} pages of {ours.name}: at most {heaviest['bytes'] / 1e3:.1f} KB (`{heaviest['address']}`) "
          f"and {max(page['requests'] for page in pages)} requests, {max(page['script'] for page in pages) / 1e3:.1f} KB of "
          f"script; {sum(page['elsewhere'] for page in pages)} requests to other hosts; axe: {rules_of(pages)}.")


# Search

def show_search(generators, browser, work, cache, runs):
    ours, mdbook = generators[:2]
    pagefind, builds = search_builds(ours, mdbook, work, cache, runs)
    sites = [
        {"name": "ours", "kind": "ours", "folder": str(ours.site)},
        {"name": "mdBook's", "kind": "mdbook", "folder": str(mdbook.site)},
        {"name": "Pagefind", "kind": "pagefind", "folder": str(pagefind)},
    ]
    results = ask_node("search.mjs", {**browser, "queries": str(HERE / "queries.json"), "sites": sites}, work)
    print("\n| search | KB for the first query | first query s | later, median ms | later, slowest ms | building it, CPU s "
          "| right page first | in the first 3 | not in the first 8 |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, it in results.items():
        ranks = [answer["rank"] for answer in it["answers"]]
        first = "only after another key" if it["firstMilliseconds"] is None else f"{it['firstMilliseconds'] / 1e3:.1f}"
        print(f"| {name} | {it['firstBytes'] / 1e3:.0f} | {first} | {it['laterMilliseconds']:.0f} "
              f"| {it['slowestMilliseconds']:.0f} | {builds[name]} | {ranks.count(1)} "
              f"| {sum(1 <= rank <= 3 for rank in ranks)} | {ranks.count(0)} |")
    print("\n| query | " + " | ".join(results) + " |\n|---|" + "---|" * len(results))
    for answers in zip(*(it["answers"] for it in results.values())):
        print(f"| `{answers[0]['query']}` | " + " | ".join(str(answer["rank"] or "–") for answer in answers) + " |")


def search_builds(ours, mdbook, work, cache, runs):
    """The site with Pagefind's index, and what each index costs. Ours has no switch: it is in the time of the whole build."""
    pagefind = work / "pagefind"
    shutil.copytree(ours.site, pagefind)
    index = Generator("Pagefind", ["node", cache / "browser/node_modules/pagefind/lib/runner/bin.cjs", "--site", pagefind,
                                    "--root-selector", "main"], work, pagefind, False, [pagefind / "pagefind"])
    bare = Generator("without", mdbook.command[:-1] + [work / "bare"], mdbook.folder, work / "bare", False, [work / "bare"],
                      {"MDBOOK_OUTPUT__HTML__SEARCH__ENABLE": "false"})
    results = by_turns([ours, mdbook, bare, index], runs)
    return pagefind, {
        "ours": f"in {results[ours.name][1]:.2f} of the whole build",
        "mdBook's": f"{results[mdbook.name][1] - results['without'][1]:.2f}",
        "Pagefind": f"{results['Pagefind'][1]:.2f}",
    }


if __name__ == "__main__":
    main()
