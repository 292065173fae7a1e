"""Changes to a city's map, thing by thing, with the checks and the findings of an import."""
