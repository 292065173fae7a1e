"""Refreshes maps/static/vendor: the files of other projects that our pages need, with their licences and a manifest.

    python scripts/fetch_assets.py

Change a version below, run it, look at the pages, commit what changed. It needs npm; the service itself never does.
Leaflet.heat comes out of the installed folium: folium's copy reads the weights right, the published one does not.
"""

import hashlib
import importlib.metadata
import importlib.resources
import json
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "maps" / "static" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of npm and what is taken from it: target name -> path inside the package."""

    folder: str
    name: str
    version: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package(
        folder="leaflet",
        name="leaflet",
        version="1.9.4",
        licence="BSD-2-Clause",
        files={
            "leaflet.js": "dist/leaflet.js",
            "leaflet.css": "dist/leaflet.css",
            "images/layers.png": "dist/images/layers.png",
            "images/layers-2x.png": "dist/images/layers-2x.png",
            "images/marker-icon.png": "dist/images/marker-icon.png",
            "LICENSE": "LICENSE",
        },
    ),
    Package(
        folder="leaflet-heat",
        name="leaflet.heat",
        version="0.2.0",
        licence="BSD-2-Clause",
        files={"LICENSE": "LICENSE"},
    ),
    Package(
        folder="swagger-ui",
        name="swagger-ui-dist",
        version="5.35.0",
        licence="Apache-2.0",
        files={
            "swagger-ui-bundle.js": "swagger-ui-bundle.js",
            "swagger-ui.css": "swagger-ui.css",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "swagger-ui-bundle.js.LICENSE.txt": "swagger-ui-bundle.js.LICENSE.txt",
        },
    ),
)


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    entries = [fetch(package) for package in PACKAGES]
    entries.append(copy_from_folium())
    manifest = json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
    (VENDOR / "manifest.json").write_text(manifest, encoding="utf-8")


def fetch(package: Package) -> dict[str, object]:
    """The manifest entry of one npm package, its files written below VENDOR."""
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(  # noqa: S603  # names and versions stand above
            ["npm", "pack", "--json", "--silent", f"{package.name}@{package.version}"],  # noqa: S607
            cwd=folder,
            check=True,
            stdout=subprocess.PIPE,
        )
        [report] = json.loads(packed.stdout)
        with tarfile.open(Path(folder) / report["filename"]) as archive:
            written = {
                target: write(package.folder, target, read(archive, f"package/{inside}"))
                for target, inside in package.files.items()
            }
    return {
        "folder": package.folder,
        "package": package.name,
        "version": package.version,
        "from": "npm",
        "licence": package.licence,
        "integrity": report["integrity"],
        "sha256": written,
    }


def read(archive: tarfile.TarFile, path: str) -> bytes:
    """The content of a file in an archive."""
    opened = archive.extractfile(path)
    if opened is None:
        raise FileNotFoundError(f"{path} is not a file of the package")
    return opened.read()


def copy_from_folium() -> dict[str, object]:
    """The manifest entry of the Leaflet.heat that folium carries."""
    source = importlib.resources.files("folium") / "templates" / "leaflet_heat.min.js"
    return {
        "folder": "leaflet-heat",
        "package": "folium",
        "version": importlib.metadata.version("folium"),
        "from": "PyPI",
        "licence": "BSD-2-Clause (Leaflet.heat and simpleheat)",
        "sha256": {"leaflet-heat.min.js": write("leaflet-heat", "leaflet-heat.min.js", source.read_bytes())},
    }


def write(folder: str, target: str, content: bytes) -> str:
    """SHA-256 of the content, after it was written."""
    path = VENDOR / folder / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
