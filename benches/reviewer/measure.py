#!/usr/bin/env python3
"""Counts the planted flaws that each tool finds in tests/data/reviewer, and writes results.md.

A tool that is not there is left out. What a message means was judged by hand: judged.txt.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent.parent / "tests/data/reviewer"
PLUGINS = ["one", "two", "three"]


def run(command, folder, home):
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "DISABLE_AUTOUPDATER": "1"}
    environment["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1"
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr


def folders_with(tree, name):
    return sorted(path.parent for path in tree.rglob(name))


def claude(program, tree, home):
    plugins = [path.parent for path in folders_with(tree, "plugin.json")]
    parts = {tree, *plugins}
    return "\n".join(run([program, "plugin", "validate", "--strict", str(part)], tree, home) for part in sorted(parts))


def agnix(program, tree, home):
    report = json.loads(run([program, "--format", "json", "."], tree, home))
    return "\n".join(found["message"] for found in report["diagnostics"] if found["level"] != "info")


def skillsaw(program, tree, home):
    text = run([program, "lint", "--format", "json", "."], tree, home)
    report, _ = json.JSONDecoder().raw_decode(text)  # Its log follows the report.
    return "\n".join(found["message"] for found in report["violations"])


def skills_ref(program, tree, home):
    return "\n".join(run([program, "validate", str(skill)], tree, home) for skill in folders_with(tree, "SKILL.md"))


TOOLS = {"claude": claude, "agnix": agnix, "skillsaw": skillsaw, "skills-ref": skills_ref}
TITLES = {"claude": "`claude plugin validate --strict`"}


def flaws(plugin):
    rows = []
    for line in (DATA / plugin / "flaws.md").read_text().splitlines():
        if line.startswith(f"| {plugin}-"):
            rows.append([cell.strip().strip("`") for cell in line.strip("|").split(" | ")])
    return [row for row in rows if row[5].strip(" |") == "yes"]


def patternbook(program, tree, plugin, home):
    report = json.loads(run([program, "check", "--format", "json", "."], tree, home))
    seen = {(found["path"], str(found["line"]), found["rule"]) for found in report["diagnostics"]}
    found = set()
    for row in flaws(plugin):
        name, path, line, rule = row[0].strip("| "), row[1], row[2], row[4]
        if any(path == at[0] and line in ("", at[1]) and rule == at[2] for at in seen):
            found.add(name)
    return found


def judged(tool):
    lines = (HERE / "judged.txt").read_text().splitlines()
    entries = [line.split(" ", 2) for line in lines if line.startswith(f"{tool} ")]
    return [(flaw, part) for _, flaw, part in entries]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ["patternbook", *TOOLS]:
        parser.add_argument(f"--{name}", metavar="PROGRAM", type=shutil.which)
    programs = vars(parser.parse_args())
    total = {plugin: len(flaws(plugin)) for plugin in PLUGINS}
    results, clean = {}, {}
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        (work / "home").mkdir()
        # Outside of this repository, so that no tool takes its files for the plugin's.
        shutil.copytree(DATA, work / "trees")
        for plugin in PLUGINS:
            tree = work / "trees" / plugin / "flawed"
            for tool, ask in TOOLS.items():
                if program := programs[tool.replace("-", "_")]:
                    text = ask(program, tree, work / "home")
                    found = {flaw for flaw, part in judged(tool) if flaw.startswith(f"{plugin}-") and part in text}
                    results.setdefault(tool, {})[plugin] = found
            if program := programs["patternbook"]:
                results.setdefault("patternbook", {})[plugin] = patternbook(program, tree, plugin, work / "home")
    lines = ["| tool | one | two | three | together |", "|---|---|---|---|---|"]
    lines.append("| *planted and visible* | " + " | ".join(str(total[p]) for p in PLUGINS) + f" | {sum(total.values())} |")
    peers = {plugin: set() for plugin in PLUGINS}
    for tool, found in results.items():
        counts = [len(found[plugin]) for plugin in PLUGINS]
        if tool != "patternbook":
            for plugin in PLUGINS:
                peers[plugin] |= found[plugin]
            lines.append(f"| {TITLES.get(tool, tool)} | " + " | ".join(map(str, counts)) + f" | {sum(counts)} |")
    counts = [len(peers[plugin]) for plugin in PLUGINS]
    lines.append("| all of these together | " + " | ".join(map(str, counts)) + f" | {sum(counts)} |")
    if own := results.get("patternbook"):
        counts = [len(own[plugin]) for plugin in PLUGINS]
        lines.append("| **patternbook** | " + " | ".join(map(str, counts)) + f" | {sum(counts)} |")
        for plugin in PLUGINS:
            for flaw in sorted(peers[plugin] - own[plugin]):
                print(f"a peer finds {flaw}, patternbook does not", file=sys.stderr)
    (HERE / "results.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
