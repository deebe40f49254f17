"""Run a management command. Settings come from the environment alone; see docs/operating.md."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config.local.environment import adopt

    adopt()

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
