"""The app's own description of itself, asked in ways that nobody thought of: no answer is a failure of ours."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings

pytest.importorskip("fastapi")
schemathesis = pytest.importorskip("schemathesis")

CASES = int(os.environ.get("CROSSCURRENT_API_CASES", "12"))
"""Of each path; the nightly run asks for more."""
PATHS = (
    "/api/desk", "/api/markets/{market}/chart", "/api/markets/{market}/facts", "/api/markets/{market}/ladder", "/api/setups",
    "/api/links", "/api/rates", "/api/audit", "/api/record", "/api/alerts", "/api/export/{name}",
)  # fmt: skip


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    from desks import OWN, guarded

    app = guarded(tmp_path_factory.mktemp("api"))
    return schemathesis.openapi.from_asgi("/openapi.json", app, headers=OWN)


def test_every_path_is_asked(described):
    assert sorted(described.raw_schema["paths"]) == sorted(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_no_request_breaks_the_app(described, path):
    from desks import OWN

    (method,) = described.raw_schema["paths"][path]

    @settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method.upper()].as_strategy())
    def asked(case):
        answer = case.call(headers=OWN, timeout=120)
        assert answer.status_code < 500
        assert answer.headers["content-security-policy"][0].startswith("default-src 'none'")

    asked()
