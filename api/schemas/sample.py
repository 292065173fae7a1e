"""Examples in the documentation."""

from fastapi.openapi.models import Example


def sample(value: object) -> dict[str, Example]:
    """An example that answers on the sample city; the documentation fills it in for who tries a route."""
    return {"sample city | 示例城市": {"value": value}}
