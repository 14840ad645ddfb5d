"""Values become maps and charts here: the only floor that knows folium and altair."""
