from . import ai_models, duty_holders, facts, organizations, people, places

__all__ = ["ai_models", "duty_holders", "facts", "organizations", "people", "places"]
