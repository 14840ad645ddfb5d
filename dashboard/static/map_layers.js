/* Data becomes Leaflet layers here. Each function takes what came by URL, and the CountyMap it is drawn for (map.js)
 * where it needs the page's words or colours, and returns a layer. Words go in by textContent, never as HTML.
 */
"use strict";
(function () {
  const LAND = { around: "#f4f3ef", edge: "#c9c5bb", outline: "#4a4a4a", grid: "#8f8b82", plain: "#e9e5da" };
  const SITE_SIZE = { centre: 30, institute: 22, station: 15, point: 13 };

  /** What a need's colour says, from harmless to worst. */
  const RANKS = ["normal", "urgent", "overdue"];

  /* ---------- small helpers ---------- */

  function element(tag, className, words) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (words !== undefined && words !== null) made.textContent = String(words);
    return made;
  }

  function place(lon, lat) {
    return L.latLng(Number(lat), Number(lon));
  }

  function symbol(content, size) {
    return L.divIcon({ html: content, className: "civic-anchor", iconSize: [size, size] });
  }

  function square(shape, size) {
    shape.style.width = shape.style.height = shape.style.lineHeight = `${size}px`;
    return shape;
  }

  function label(at, words, className) {
    const icon = symbol(element("span", `civic-label ${className}`, words), 0);
    return L.marker(at, { icon: icon, interactive: false, keyboard: false, pane: "towns" });
  }

  /** A layer that only shows: its own pane, no clicks. */
  function still(county, pane, style) {
    return { renderer: county.renderers[pane], pane: pane, interactive: false, style: style };
  }

  function lines(...words) {
    const box = element("div");
    words.filter(Boolean).forEach((line, i) => box.append(element(i ? "div" : "b", "", line)));
    return box;
  }

  /* ---------- land ---------- */

  /** {county: GeoJSON feature or null, neighbours: FeatureCollection with properties {name, label: [lon, lat]}} */
  function backdrop(data, county) {
    const group = L.layerGroup();
    const around = { color: LAND.edge, weight: 1, dashArray: "4 4", fillColor: LAND.around, fillOpacity: 1 };
    L.geoJSON(data.neighbours, still(county, "backdrop", around)).addTo(group);
    for (const { properties } of data.neighbours.features) {
      label(place(...properties.label), properties.name, "civic-neighbour").addTo(group);
    }
    if (data.county) {
      const land = { color: LAND.outline, weight: 2.5, fillColor: LAND.plain, fillOpacity: 1 };
      const outline = L.geoJSON(data.county, still(county, "backdrop", land)).addTo(group);
      county.bounds = outline.getBounds();
    }
    return group;
  }

  /** Town outlines and names; village names for a near look.
   * {towns: FeatureCollection with properties {code, name, label}, villages: [[name, lon, lat]]} */
  function towns(data, county) {
    const group = L.layerGroup();
    const outline = { color: LAND.outline, weight: 1.6, fill: false };
    county.shelves.town.clear();
    L.geoJSON(data.towns, {
      ...still(county, "towns", outline),
      onEachFeature: (feature, layer) => county.shelves.town.set(feature.properties.code, layer),
    }).addTo(group);
    for (const { properties } of data.towns.features) {
      label(place(...properties.label), properties.name, "civic-town").addTo(group);
    }
    for (const [name, lon, lat] of data.villages) label(place(lon, lat), name, "civic-village").addTo(group);
    return group;
  }

  /* ---------- grids ---------- */

  /** A FeatureCollection; feature.id is the grid's id, properties {name, place}. */
  function grids(data, county) {
    const shelf = county.shelves.grid;
    shelf.clear();
    const group = L.geoJSON(data, {
      style: (feature) => gridStyle(feature.id, county),
      onEachFeature: (feature, layer) => shelf.set(String(feature.id), layer),
    });
    group.on("click", (event) => county.pick("grid", event.propagatedFrom.feature.id, event));
    group.bindTooltip((layer) => gridWords(layer.feature, county), { sticky: true, className: "civic-tip" });
    return group;
  }

  function gridStyle(id, county) {
    const paint = county.message.paint;
    if (!paint) return { color: LAND.grid, weight: 0.7, fillColor: LAND.plain, fillOpacity: 0.35 };
    const bin = paint.bins[county.classOf(id).bin];
    return { color: LAND.grid, weight: 0.6, fillColor: bin.colour, fillOpacity: 0.85 };
  }

  function gridWords(feature, county) {
    const paint = county.message.paint;
    if (!paint) return lines(feature.properties.name, feature.properties.place);
    const found = county.classOf(feature.id);
    const value = found.value === undefined || found.value === null ? paint.bins[found.bin].label : `${found.value} ${paint.unit}`;
    return lines(feature.properties.name, feature.properties.place, `${paint.title}: ${value}`);
  }

  /* ---------- sites ---------- */

  /** {sites: [{id, name, level, kind, lon, lat}]} */
  function sites(data, county) {
    const shelf = county.shelves.site;
    shelf.clear();
    const group = L.layerGroup();
    for (const site of data.sites) {
      const size = SITE_SIZE[site.level] || 12;
      const shape = square(element("span", "civic-site"), size);
      shape.dataset.level = site.level;
      shape.dataset.kind = site.kind;
      const marker = L.marker(place(site.lon, site.lat), {
        icon: symbol(shape, size),
        zIndexOffset: size * 100,
        alt: site.name,
      });
      marker.on("click", (event) => county.pick("site", site.id, event));
      marker.bindTooltip(() => siteWords(site, county.message.words), above(size));
      shelf.set(String(site.id), marker);
      marker.addTo(group);
    }
    return group;
  }

  function siteWords(site, words) {
    const level = (words.levels || {})[site.level] || "";
    const kind = (words.kinds || {})[site.kind] || "";
    return lines(site.name, `${level} · ${kind}`);
  }

  function above(size) {
    return { className: "civic-tip", direction: "top", offset: [0, -size / 2] };
  }

  /* ---------- needs ---------- */

  /** {categories: [name], needs: [[id, lon, lat, urgency, due in minutes since 1970 or null, category, exact 0/1]]} */
  function needs(data, county) {
    const shelf = county.shelves.need;
    shelf.clear();
    const cluster = L.markerClusterGroup({
      maxClusterRadius: 56,
      showCoverageOnHover: false,
      clusterPane: "needs",
      iconCreateFunction: (group) => clusterIcon(group, county),
    });
    for (const [id, lon, lat, urgency, due, category, exact] of data.needs) {
      const marker = L.marker(place(lon, lat), { pane: "needs" });
      marker.need = { urgency: urgency, due: due, exact: exact, category: data.categories[category] || "" };
      marker.setIcon(needIcon(marker.need, county));
      marker.on("click", (event) => county.pick("need", id, event));
      marker.bindTooltip(() => needWords(marker.need, county), above(16));
      shelf.set(String(id), marker);
    }
    cluster.addLayers([...shelf.values()]);
    return cluster;
  }

  function rank(need, county) {
    if (need.due !== null && need.due < county.message.now) return "overdue";
    return need.urgency === "urgent" ? "urgent" : "normal";
  }

  function needIcon(need, county) {
    const dot = element("span", "civic-need");
    dot.dataset.rank = rank(need, county);
    dot.dataset.exact = need.exact ? "yes" : "no";
    return symbol(dot, 16);
  }

  function needWords(need, county) {
    const words = county.message.words;
    const late = rank(need, county) === "overdue" ? ` · ${words.overdue}` : "";
    const urgency = (words.urgencies || {})[need.urgency] || "";
    return lines(need.category, urgency + late, need.exact ? "" : words.imprecise);
  }

  /** A number in a ring whose colours are the shares of what it holds. */
  function clusterIcon(group, county) {
    const markers = group.getAllChildMarkers();
    const counts = { overdue: 0, urgent: 0, normal: 0 };
    for (const marker of markers) counts[rank(marker.need, county)] += 1;
    const late = (counts.overdue / markers.length) * 360;
    const urgent = late + (counts.urgent / markers.length) * 360;
    const size = 24 + Math.round(4 * Math.log10(markers.length)) * 2;
    const ring = square(element("span", "civic-cluster"), size);
    ring.style.setProperty("--late", `${late}deg`);
    ring.style.setProperty("--urgent", `${urgent}deg`);
    ring.append(element("span", "", markers.length));
    return symbol(ring, size);
  }

  /** Time passed: a need that was on time may be overdue now. */
  function judgeNeeds(cluster, county) {
    let changed = false;
    for (const marker of county.shelves.need.values()) {
      if (marker.options.icon.options.html.dataset.rank === rank(marker.need, county)) continue;
      marker.setIcon(needIcon(marker.need, county));
      changed = true;
    }
    if (changed) cluster.refreshClusters();
  }

  /* ---------- a plan ---------- */

  /** {points: [{lon, lat, label, kind: "need" | "count"}]} */
  function marks(data) {
    const group = L.layerGroup();
    for (const mark of data.points) {
      const size = mark.kind === "count" ? 24 : 20;
      const shape = square(element("span", "civic-mark", mark.label), size);
      shape.dataset.kind = mark.kind;
      const order = mark.kind === "count" ? 3000 : 4000;
      const still = { icon: symbol(shape, size), interactive: false, keyboard: false, zIndexOffset: order };
      L.marker(place(mark.lon, mark.lat), still).addTo(group);
    }
    return group;
  }

  /** {lines: [[lon, lat, lon, lat, 1 for a strong one]]} */
  function links(data, county) {
    const path = ([lon, lat, lon2, lat2]) => [place(lon, lat), place(lon2, lat2)];
    const drawn = (lines, style) => L.polyline(lines.map(path), { ...still(county, "lines"), ...style });
    const strong = data.lines.filter((line) => line[4]);
    const plain = { color: "#6a1b9a", weight: 1.6, opacity: strong.length ? 0.35 : 0.75 };
    const group = L.layerGroup([drawn(data.lines.filter((line) => !line[4]), plain)]);
    if (strong.length) drawn(strong, { color: "#b3261e", weight: 4.5, opacity: 1 }).addTo(group);
    return group;
  }

  /** {points: [[lon, lat]]}: many places, drawn on one canvas. */
  function dots(data, county) {
    const style = { radius: 3.5, weight: 1, color: "#fff", fillColor: "#b3261e", fillOpacity: 0.9 };
    const dot = ([lon, lat]) => L.circleMarker(place(lon, lat), { ...still(county, "lines"), ...style });
    return L.layerGroup(data.points.map(dot));
  }

  /** The ring or outline around what is chosen. */
  function chosen(layer, county) {
    const ring = { color: "#111", weight: 3.5, fill: false };
    if (layer.feature) return L.geoJSON(layer.toGeoJSON(), still(county, "chosen", ring));
    return L.circleMarker(layer.getLatLng(), { ...still(county, "chosen"), ...ring, radius: 17 });
  }

  window.civicLayers = {
    RANKS, element, gridStyle, judgeNeeds, backdrop, towns, grids, sites, needs, marks, links, dots, chosen,
  };
})();
