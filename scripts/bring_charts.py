"""Bring TradingView's chart library into the package: by the npm client, at the pinned version, checked by its sha256.

Run when the package is built (`hatch_build.py`), or by hand after npm has been installed. Without npm, without a network or with other
bytes than the pinned ones nothing is brought, the reason is told, and pages show the printed charts alone.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parents[1] / "src" / "crosscurrent" / "publish" / "vendor"
PATIENCE = 120
"""Seconds that npm may take."""


def bring(folder: Path = VENDOR) -> str:
    """Bring the library into `folder`, where it is not there yet; return why it is missing, an empty string when it is there."""
    pin = tomllib.loads((VENDOR / "lightweight-charts.toml").read_text("utf-8"))
    target = folder / "lightweight-charts.js"
    if target.is_file() and is_pinned(target.read_bytes(), pin):
        return ""
    try:
        data = fetched(pin)
    except (OSError, LookupError, subprocess.SubprocessError, tarfile.TarError) as fault:
        return str(fault)
    if not is_pinned(data, pin):
        return f"{pin['package']} {pin['version']} does not have the pinned sha256: it is not used"
    target.write_bytes(data)
    return ""


def is_pinned(data: bytes, pin: dict[str, Any]) -> bool:
    """Whether these are the bytes that were looked at when the version was pinned."""
    return hashlib.sha256(data).hexdigest() == pin["sha256"]


def fetched(pin: dict[str, Any]) -> bytes:
    """Return the library's file out of the package that npm gives."""
    npm = shutil.which("npm")
    if npm is None:
        raise LookupError("there is no npm on this machine")
    with tempfile.TemporaryDirectory() as folder:
        asked = [
            npm,
            "pack",
            f"{pin['package']}@{pin['version']}",
            "--pack-destination",
            folder,
            "--ignore-scripts",
            "--silent",
        ]
        done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
        packed = list(Path(folder).glob("*.tgz"))
        if done.returncode or not packed:
            raise LookupError(f"npm could not bring it: {' '.join(done.stderr.split())[-200:] or 'it gave no package'}")
        with tarfile.open(packed[0]) as archive:
            member = archive.extractfile(pin["member"])
            return b"" if member is None else member.read()


if __name__ == "__main__":
    missing = bring()
    print(f"Pages will show printed charts alone: {missing}." if missing else "The chart library is there.")
    sys.exit(bool(missing))
