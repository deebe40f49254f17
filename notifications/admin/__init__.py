from . import deliveries, demands, dialogues, notices

__all__ = ["deliveries", "demands", "dialogues", "notices"]
