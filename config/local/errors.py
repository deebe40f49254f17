class CannotStart(Exception):
    """Said to the person at the terminal, without a traceback."""
