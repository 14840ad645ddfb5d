"""The Civic Practice Dashboard: open needs on a map, matched to volunteers, dispatched and served."""
