"""The dispatch audit: officially recorded units against the map, and how far both can be trusted."""
