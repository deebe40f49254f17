import pytest


@pytest.fixture(params=range(4))
def attempt(request: pytest.FixtureRequest) -> int:
    """Run a race several times: once proves little."""
    number: int = request.param
    return number
