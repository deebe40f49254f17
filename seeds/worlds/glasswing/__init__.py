"""The real story of Mythos and Project Glasswing: what sources report, each with its grade."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
