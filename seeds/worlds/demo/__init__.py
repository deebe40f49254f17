"""A synthetic world of chosen size. All of its organizations are invented, and their names say so."""
