"""The four generators: their versions, the same pages in the form that each reads, and how each is run.

To compare another one, write a function that makes its project, and add its `Generator` to `generators_of`. What a reader sees
must stay the same; all else is what the generator does when nobody sets anything.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

MDBOOK = "0.5.4"
MATERIAL = ["mkdocs-material==9.8.1", "mkdocs==1.6.1", "pymdown-extensions==13.1"]
# The newest Starlight that Node 20 runs: from 0.38 on it needs Astro 6, and that Node 22.
STARLIGHT = ["@astrojs/starlight@0.37.7", "astro@5.18.2", "sharp@0.34.5"]


@dataclass
class Generator:
    """A program that makes a site. `kept` is what it leaves for its next run, and what a cold build may not find."""

    name: str
    command: list
    folder: Path
    site: Path
    has_folders_for_pages: bool
    kept: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)

    def address(self, page):
        """Where a page of the guide, such as `connect/index.md`, stands in the site."""
        if not self.has_folders_for_pages:
            return page.removesuffix(".md") + ".html"
        return page.removesuffix("index.md") if page.endswith("index.md") else page.removesuffix(".md") + "/"


def generators_of(program, project, work, cache):
    """Writes the guide's pages once and makes of them a project for each generator."""
    pages = work / "pages"
    subprocess.run([program, "build", "--for", "mdbook", "--out", pages], cwd=project, check=True, stdout=subprocess.DEVNULL)
    source = pages / "mdbook"
    return [
        patternbook(program, project, work),
        mdbook(source, work, cache),
        material(source, work / "material", cache),
        starlight(source, cache / "starlight"),
    ]


def patternbook(program, project, work):
    version = output([program, "--version"]).split()[-1]
    kept = [work / "patternbook-cache", work / "patternbook"]
    return Generator(f"patternbook {version}", [program, "build", "--out", work / "patternbook"], project,
                     work / "patternbook/site", False, kept, {"PATTERNBOOK_CACHE": str(kept[0])})


def mdbook(source, work, cache):
    program = cache / "mdbook/bin/mdbook"
    if not program.exists():
        subprocess.run(["cargo", "install", "--quiet", "--locked", "mdbook", "--version", MDBOOK,
                        "--root", cache / "mdbook"], check=True)
    site = work / "mdbook"
    return Generator(f"mdBook {MDBOOK}", [program, "build", source, "--dest-dir", site], source, site, False, [site])


# Material for MkDocs. Its Markdown is not CommonMark: items are indented by four, and HTML with Markdown in it says so.

MATERIAL_SETTINGS = """\
theme:
  name: material
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
markdown_extensions:
  - attr_list
  - md_in_html
  - pymdownx.highlight
  - pymdownx.superfences
"""


def material(source, folder, cache):
    python = cache / "material"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", python], check=True)
        subprocess.run([python / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *MATERIAL], check=True)
    copy_pages(source, folder / "docs", for_python_markdown)
    book = settings_of(source)
    navigation = material_navigation(chapters_of(source))
    (folder / "mkdocs.yml").write_text(f"site_name: {json.dumps(book['title'])}\n{MATERIAL_SETTINGS}"
                                       f"nav: {json.dumps(navigation)}\n")
    version = MATERIAL[0].partition("==")[2]
    return Generator(f"Material for MkDocs {version}", [python / "bin/mkdocs", "build", "--quiet", "--clean"], folder,
                     folder / "site", True, [folder / "site"])


def material_navigation(chapters):
    return [{title: material_navigation(inner) if inner else page} for title, page, inner in chapters]


def for_python_markdown(text, page):
    lines = []
    for line in reindented(text):
        opens_html = not line.is_in_fence and re.fullmatch(r"\s*<(div|details|figure)\b[^>]*>", line.text)
        lines.append(line.text[:-1] + " markdown>" if opens_html else line.text)
    return "\n".join(lines) + "\n"


@dataclass
class Line:
    text: str
    is_in_fence: bool


def reindented(text):
    """Lines with list items indented by four for each level."""
    columns = []
    end = None
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip())
        if line.strip() and end is None:
            while columns and indent < columns[-1]:
                columns.pop()
        inside = " " * 4 * len(columns)
        rest = line[columns[-1]:] if columns else line
        is_in_fence = end is not None
        if is_in_fence:
            if line.strip() == end:
                end = None
        elif fence := re.match(r"\s*(`{3,})(.*)", line):
            end = fence[1]
            rest = fence_for_peers(rest)
            is_in_fence = True
        elif item := re.match(r"\s*(?:[-*]|\d+\.) +", line):
            columns.append(item.end())
            marker = item[0].strip()
            rest = marker + " " * (4 - len(marker)) + line[item.end():]
            inside += " " * (indent - (columns[-2] if len(columns) > 1 else 0))
        yield Line((inside + rest).rstrip(), is_in_fence)


def fence_for_peers(line):
    """The first line of a fence as the peers read it: a language, and the file's name as a title."""
    indent = line[:len(line) - len(line.lstrip())]
    head, _, rest = line.lstrip().partition(" ")
    name = re.search(r'file="([^"]*)"', rest)
    return indent + (f'{head} title="{name[1]}"' if name else head)


# Starlight: the title in front matter, links as addresses, other files in `public`.

STARLIGHT_SETTINGS = """\
import {{ defineConfig }} from "astro/config";
import starlight from "@astrojs/starlight";

export default defineConfig({{
  integrations: [starlight({{ title: {title}, sidebar: {sidebar} }})],
}});
"""
STARLIGHT_CONTENT = """\
import { defineCollection } from "astro:content";
import { docsLoader } from "@astrojs/starlight/loaders";
import { docsSchema } from "@astrojs/starlight/schema";

export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }) };
"""


def starlight(source, folder):
    """Makes the project where the packages are: Astro's build follows no link to them."""
    install_npm(folder, STARLIGHT)
    for old in ("src", "public"):
        shutil.rmtree(folder / old, ignore_errors=True)
    copy_pages(source, folder / "src/content/docs", for_starlight, folder / "public")
    sidebar = json.dumps(starlight_sidebar(chapters_of(source)), indent=2)
    title = json.dumps(settings_of(source)["title"])
    (folder / "astro.config.mjs").write_text(STARLIGHT_SETTINGS.format(title=title, sidebar=sidebar))
    (folder / "src/content.config.ts").write_text(STARLIGHT_CONTENT)
    version = STARLIGHT[0].rpartition("@")[2]
    modules = folder / "node_modules"
    kept = [folder / "dist", folder / ".astro", modules / ".astro", modules / ".vite"]
    return Generator(f"Starlight {version}", ["node", modules / "astro/astro.js", "build", "--silent"], folder,
                     folder / "dist", True, kept, {"ASTRO_TELEMETRY_DISABLED": "1"})


def starlight_sidebar(chapters):
    return [{"label": title, "items": starlight_sidebar(inner)} if inner
            else {"label": title, "link": starlight_address(page)} for title, page, inner in chapters]


def starlight_address(page):
    address = page.removesuffix(".md")
    return "/" if address == "index" else f"/{address.removesuffix('/index')}/"


def for_starlight(text, page):
    lines = text.splitlines()
    title = lines[0].removeprefix("# ")
    end = None
    body = []
    for line in lines[1:]:
        if end is not None:
            end = None if line.strip() == end else end
        elif fence := re.match(r"\s*(`{3,})(.*)", line):
            end = fence[1]
            line = fence_for_peers(line)
        else:
            if heading := re.fullmatch(r"(#+ .*) \{#([^}]*)\}", line):
                line = f'<a id="{heading[2]}"></a>\n\n{heading[1]}'
            line = re.sub(r"\]\(([^):#]+\.md)(#[^)]*)?\)", lambda link: f"]({absolute(link[1], page)}{link[2] or ''})", line)
        body.append(line)
    return f"---\ntitle: {json.dumps(title.replace('`', ''), ensure_ascii=False)}\n---\n" + "\n".join(body) + "\n"


def absolute(link, page):
    return starlight_address(os.path.normpath(os.path.join(os.path.dirname(page), link)))


# What they share.

def copy_pages(source, target, rewrite, others=None):
    """Pages as `rewrite` makes them of a text and its path; all other files as they are."""
    for path in sorted((source / "src").rglob("*")):
        name = path.relative_to(source / "src")
        if path.is_dir() or name.name == "SUMMARY.md":
            continue
        is_page = name.suffix == ".md" and name.parts[0] != "files"
        to = (target if is_page or others is None else others) / name
        to.parent.mkdir(parents=True, exist_ok=True)
        if is_page:
            to.write_text(rewrite(path.read_text(), str(name)))
        else:
            shutil.copyfile(path, to)


def chapters_of(source):
    """Title, page or nothing, and the chapters inside, of each chapter in `SUMMARY.md`. A part is a chapter without a page."""
    chapters = []
    levels = [(-1, chapters)]
    for line in (source / "src/SUMMARY.md").read_text().splitlines():
        if line.startswith("# ") and line != "# Summary":
            part = (line[2:], None, [])
            chapters.append(part)
            levels = [(-1, part[2])]
        elif chapter := re.fullmatch(r"( *)(?:- )?\[(.*)\]\((.*)\)", line):
            indent, title, page = len(chapter[1]), chapter[2].replace("`", ""), chapter[3] or None
            while levels[-1][0] >= indent:
                levels.pop()
            made = (title, page, [])
            levels[-1][1].append(made)
            levels.append((indent, made[2]))
    return with_first_pages(chapters)


def with_first_pages(chapters):
    """A chapter that has a page and chapters inside, as the first of them: in Material a group has no page."""
    made = []
    for title, page, inner in chapters:
        inner = with_first_pages(inner)
        made.append((title, None, [(title, page, []), *inner]) if page and inner else (title, page, inner))
    return made


def settings_of(source):
    lines = (source / "book.toml").read_text().splitlines()
    return {"title": next(json.loads(line.partition("=")[2]) for line in lines if line.startswith("title"))}


def install_npm(folder, packages):
    if (folder / "node_modules").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(json.dumps({"private": True}))
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--loglevel", "error", *packages], cwd=folder, check=True)


def output(command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
