"""How the sample city is drawn: a plan, cut into blocks, grouped, peopled with units and records, written to files."""
