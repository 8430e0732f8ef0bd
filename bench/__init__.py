"""How fast, in ratios measured in one run: absolute numbers belong to a machine, ratios to the code."""
