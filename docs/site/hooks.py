"""Arrange the documentation site: navigation by folder, and the pages that live beside the code.

MkDocs calls these functions by their names: https://www.mkdocs.org/dev-guide/plugins/#events
"""

import os
import re
from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

_SECTIONS: Final = {
    "tutorial": "Tutorial",
    "how-to": "How-to guides",
    "reference": "Reference",
    "explanation": "Explanation",
    "explanation/decisions": "Decision records",
    "project": "Project",
}

# Where a page of the repository stands on the site. Paths that the specification promises stay where they are.
_ELSEWHERE: Final = {
    "README.md": "index.md",
    "container/ZEPHYR_HACKERS_GUIDE.md": "how-to/hackers-guide.md",
    "container/NVIDIA_FIXES.md": "how-to/nvidia-fixes.md",
    "SYSTEM_DESIGN.md": "explanation/system-design.md",
    "container/ZEPHYR_SYSTEM_DESIGN.md": "explanation/container-design.md",
    "AGENTS.md": "project/agents.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
}

_LINK: Final = re.compile(r"(\]\(|src=\")([^)\s\"#]+)(#[^)\s\"]*)?(?=[)\"\s])")
_BADGE: Final = re.compile(r"^\[!\[.*\]\(https://.*\n", re.MULTILINE)  # loaded from another server: not on the site
_FENCE: Final = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Order the sections as Diataxis does: learn, do, look up, understand."""
    docs = Path(config.docs_dir)
    navigation: list[object] = [{"Home": "index.md"}]
    for folder, title in _SECTIONS.items():
        pages = sorted({*_own_pages(docs, folder), *_elsewhere_in(docs.parent, folder)}, key=_rank)
        if pages:
            navigation.append({title: pages})
    config.nav = navigation
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages and pictures that live beside the code."""
    root = Path(config.docs_dir).parent
    for source, target in _ELSEWHERE.items():
        if (root / source).is_file():
            files.append(File.generated(config, target, content=(root / source).read_text()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links of a page to the site where the target is on it, else to the repository."""
    del files
    root = Path(config.docs_dir).parent
    source = _source_of(page.file.src_uri)

    def lead(match: re.Match[str]) -> str:
        opening, target, anchor = match.group(1), match.group(2), match.group(3) or ""
        return f"{opening}{_led(root, source, page.file.src_uri, target, config.repo_url or '')}{anchor}"

    parts = _FENCE.split(_BADGE.sub("", markdown))
    return "".join(_console(part) if part.startswith("```") else _LINK.sub(lead, part) for part in parts)


def _console(fence: str) -> str:
    """Show a block that a test executes (tests/docs/test_commands.py) as a terminal would show it."""
    head, _, body = fence.partition("\n")
    if head != "```sh run":
        return fence
    lines = [
        line.removeprefix("# -> ") if line.startswith("# -> ") or line == "```" or not line else _typed(line)
        for line in body.splitlines()
    ]
    return "\n".join(["```console", *lines])


def _typed(line: str) -> str:
    return f"  (exit code {line.removeprefix('# exit ')})" if line.startswith("# exit ") else f"$ {line}"


def _led(root: Path, source: str, here: str, target: str, repository: str) -> str:
    """Return the address of a link's target as seen from the page `here`, which was written as `source`."""
    if "://" in target or target.startswith("mailto:"):
        return target
    path = os.path.normpath(f"{Path(source).parent}/{target}")
    if (root / path / "README.md").is_file() and path.startswith("docs/"):
        path = f"{path}/README.md"
    if path in _ELSEWHERE:
        place = _ELSEWHERE[path]
    elif path.startswith("docs/") and (root / path).is_file():
        place = path.removeprefix("docs/")
    elif (root / path).exists():
        kind = "tree" if (root / path).is_dir() else "blob"
        return f"{repository}/{kind}/main/{path}"
    else:
        return target  # nothing is there: the strict build names the page
    return os.path.relpath(place, Path(here).parent)


def _source_of(uri: str) -> str:
    """Return the path of a page in the repository."""
    return next((source for source, target in _ELSEWHERE.items() if target == uri), f"docs/{uri}")


def _own_pages(docs: Path, folder: str) -> list[str]:
    return [f"{folder}/{path.name}" for path in (docs / folder).glob("*.md")]


def _elsewhere_in(root: Path, folder: str) -> list[str]:
    return [
        target
        for source, target in _ELSEWHERE.items()
        if str(Path(target).parent) == folder and (root / source).exists()
    ]


def _rank(page: str) -> tuple[bool, str]:
    """Put the page of a folder itself first."""
    return (Path(page).name.lower() != "readme.md", page)
