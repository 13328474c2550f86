"""The app's own description of itself, asked in ways that nobody thought of: every answer is one that it declares, none a failure of ours."""

from __future__ import annotations

import os

import pytest

pytest.importorskip("fastapi")
schemathesis = pytest.importorskip("schemathesis")

from hypothesis import HealthCheck, settings

from desks import OWN, guarded

CASES = int(os.environ.get("CROSSCURRENT_API_CASES", "12"))
"""Of each path; the nightly run asks for more."""


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    return schemathesis.openapi.from_asgi("/openapi.json", guarded(tmp_path_factory.mktemp("api")), headers=OWN)


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
def test_no_request_breaks_the_app(case):
    answer = case.call(headers=OWN)
    assert answer.status_code < 500
    assert answer.headers["content-security-policy"][0].startswith("default-src 'none'")
