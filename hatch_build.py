"""What happens when the package is built: the chart library of the page is brought in, where that can be done."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BringCharts(BuildHookInterface):  # type: ignore[type-arg]
    """Bring the library before the files are collected; a machine that cannot still builds, and says why."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        script = Path(self.root) / "scripts" / "bring_charts.py"
        missing = runpy.run_path(str(script))["bring"]()
        if missing:
            self.app.display_warning(f"Pages will show printed charts alone: {missing}.")
