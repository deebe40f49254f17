from . import ai_models, facts, organizations, people, places

__all__ = ["ai_models", "facts", "organizations", "people", "places"]
