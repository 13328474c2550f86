"""Shared fixtures: what every test may lean on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

# A failing example must fail again everywhere, so no clock decides and nothing is kept between runs.
settings.register_profile("house", deadline=None, database=None, derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))
