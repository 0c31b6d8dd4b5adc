#!/usr/bin/env python3
"""Times `patternbook check` and its peers on one tree, in one run, and prints Markdown tables.

    python3 benches/checker/run.py --program target/release/patternbook

Needs git, and a Python with `venv`. Everything else goes into a temporary folder.
"""

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

# Real Markdown: pages of projects, and skills of several hands.
REPOSITORIES = [
    "cert-manager/website",
    "fastapi/fastapi",
    "trailofbits/skills",
    "wshobson/agents",
    "anthropics/skills",
]
PEERS = ["rumdl==0.3.0", "agnix==0.59.3", "ruff==0.17.6", "mdsmith==0.57.0"]
BASE = 3_000


def main():
    options = arguments()
    program = str(options.program.resolve())
    with tempfile.TemporaryDirectory(prefix="checker-bench-") as name:
        work = Path(name)
        sources = options.source or clone(work / "clones")
        files = sample(sources, BASE)
        tree = work / f"tree-{BASE}"
        make_tree(tree, files, BASE)
        cache = work / "cache"
        peers = options.peers or install(work / "peers")
        contenders = contenders_of(program, peers, cache)
        print(f"Tree: {describe(tree)}. Each figure is the median of {options.runs} runs.\n")
        show_peers(measure_all(contenders, tree, cache, options.runs))
        if options.sizes:
            print()
            show_growth(program, files, options, work, cache)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, required=True, help="the release build")
    parser.add_argument("--runs", type=int, default=5, help="of each, after one to warm the disk")
    parser.add_argument("--sizes", type=sizes, default=[100, 1_000, 3_000, 10_000, 30_000])
    parser.add_argument("--source", type=Path, action="append",
                        help="a folder of Markdown, in place of the public repositories")
    parser.add_argument("--peers", type=Path, help="a folder with the peers' programs")
    return parser.parse_args()


def sizes(text):
    return [int(part) for part in text.split(",") if part]


def clone(folder):
    for repository in REPOSITORIES:
        url = f"https://github.com/{repository}"
        target = folder / repository.replace("/", "+")
        subprocess.run(["git", "clone", "--quiet", "--depth", "1", url, target], check=True)
    return [folder]


def install(folder):
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PEERS], check=True)
    return folder / "bin"


def sample(sources, count):
    """Names and texts, in an order that does not depend on where they stand."""
    found = {}
    for source in sources:
        for path in source.rglob("*.md"):
            if path.is_file() and not path.is_symlink() and ".git" not in path.parts:
                text = path.read_bytes()
                found[hashlib.sha256(text).hexdigest()] = (path.name, text)
    files = [found[key] for key in sorted(found)]
    if not files:
        sys.exit("no Markdown found")
    if len(files) < count:
        print(f"only {len(files)} files there; the rest are copies", file=sys.stderr)
    return files


def make_tree(tree, files, count):
    """Files in folders of 50. A copy differs in its content from what it is a copy of."""
    for index in range(count):
        round_, file = divmod(index, len(files))
        name, text = files[file]
        content = text if round_ == 0 else text + f"\nCopy {round_}.\n".encode()
        folder = tree / f"part-{index // 50:04}"
        # By such names tools know what a file is for.
        is_known = name in ("SKILL.md", "CLAUDE.md", "AGENTS.md")
        path = folder / f"page-{index:05}" / name if is_known else folder / f"page-{index:05}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def describe(tree):
    files = list(tree.rglob("*.md"))
    size = sum(path.stat().st_size for path in files)
    return f"{len(files):,} files, {size / 1e6:.1f} MB"


def contenders_of(program, peers, cache):
    """Name, command in the tree, whether a cache is kept between runs."""
    peer = lambda name: str((peers / name).resolve())
    rumdl = [peer("rumdl"), "check", "--silent", "--cache-dir", str(cache / "rumdl"), "."]
    ours = [program, "check", "."]
    ruff = [peer("ruff"), "format", "--check", "--preview", "--isolated", "--no-cache", "-q", "."]
    return [
        ("patternbook, cold", ours, False),
        ("patternbook, warm", ours, True),
        ("patternbook --no-cache", [*ours, "--no-cache"], True),
        ("rumdl, cold", rumdl, False),
        ("rumdl, warm", rumdl, True),
        ("agnix", [peer("agnix"), "."], True),
        ("ruff format --check (Python blocks)", ruff, True),
        ("mdsmith", [peer("mdsmith"), "check", "."], True),
    ]


def measure(command, folder, cache, keeps_cache):
    """Seconds of wall and of CPU, and the peak memory in MB."""
    if not keeps_cache:
        shutil.rmtree(cache, ignore_errors=True)
    environment = {**os.environ, "PATTERNBOOK_CACHE": str(cache / "patternbook"), "NO_COLOR": "1"}
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def median(samples):
    return tuple(statistics.median(column) for column in zip(*samples))


def measure_all(contenders, tree, cache, runs):
    samples = {name: [] for name, _, _ in contenders}
    # By turns, so that what else the machine does falls on all of them.
    for turn in range(runs + 1):
        for name, command, keeps_cache in contenders:
            if keeps_cache and turn == 0:
                measure(command, tree, cache, True)
            sample = measure(command, tree, cache, keeps_cache)
            if turn > 0:
                samples[name].append(sample)
    return {name: median(of_name) for name, of_name in samples.items()}


def show_peers(results):
    base = results["rumdl, cold"][1]
    print("| tool | wall s | CPU s | files/s of CPU | CPU vs rumdl cold | peak MB |")
    print("|---|---|---|---|---|---|")
    for name, (wall, cpu, memory) in results.items():
        rate = BASE / cpu
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {rate:,.0f} | {cpu / base:.2f} | {memory:.0f} |")
    ours = {kind: results[f"patternbook, {kind}"][1] for kind in ("cold", "warm")}
    print(f"\nCold {ours['cold'] / base:.2f} × rumdl cold; warm "
          f"{ours['warm'] / results['rumdl, warm'][1]:.2f} × rumdl warm; "
          f"{results['agnix'][1] / ours['cold']:.1f} × the files/s of agnix.")


def show_growth(program, files, options, work, cache):
    trees = {}
    for size in options.sizes:
        trees[size] = work / f"grown-{size}"
        make_tree(trees[size], files, size)
    print("| files | MB | cold CPU s | cold µs/KB | warm CPU s | warm µs/KB | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for size, tree in trees.items():
        command = [program, "check", "."]
        cold = median([measure(command, tree, cache, False) for _ in range(options.runs)])
        warm = median([measure(command, tree, cache, True) for _ in range(options.runs)])
        kilobytes = sum(path.stat().st_size for path in tree.rglob("*.md")) / 1e3
        print(f"| {size:,} | {kilobytes / 1e3:.1f} | {cold[1]:.2f} | {cold[1] * 1e6 / kilobytes:.1f} "
              f"| {warm[1]:.2f} | {warm[1] * 1e6 / kilobytes:.1f} | {max(cold[2], warm[2]):.0f} |")


if __name__ == "__main__":
    main()
