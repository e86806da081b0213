"""What every test may use."""

import pytest
from hypothesis import settings

settings.register_profile("homebody", deadline=None)  # other work on the same machine is no failure
settings.load_profile("homebody")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --long: the cases and minutes that the everyday run leaves out."""
    parser.addoption("--long", action="store_true", help="also run the tests marked long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests out unless they were asked for."""
    if config.getoption("--long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: run with --long"))
