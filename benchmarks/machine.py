"""What the figures were measured with: the machine, and the versions."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import shapely

PACKAGES = ("numpy", "shapely", "geopandas", "pyarrow", "numba", "duckdb", "sedonadb", "uvicorn", "fastapi")


def machine() -> dict[str, str]:
    """By name, as it is printed."""
    said = {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "load": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
        "GEOS": ".".join(map(str, shapely.geos_version)),
    }
    return said | {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
