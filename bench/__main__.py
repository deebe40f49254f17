"""Measurements, each as a ratio to a reference taken in the same run: machines differ, ratios less.

Run by `make bench`, never part of the tests. It makes its own database and throws it away.
"""

import sys

from tests import services


def main() -> None:
    """Start the services, fill a database, measure, print."""
    with services.running():
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        from bench.measures import measure_all
        from bench.serving import measure_serving
        from bench.stops import measure_stops

        for measure in (measure_serving, measure_all, measure_stops):
            for line in measure():
                sys.stdout.write(f"{line}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
