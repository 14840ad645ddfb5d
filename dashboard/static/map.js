/* The county map in the browser.
 *
 * folium makes an empty Leaflet map and calls civicMap.start(map, name) once. Everything else arrives as data:
 *   - heavy things (polygons, sites, needs) by URL, kept by the browser's cache, fetched again only when the URL changes;
 *   - a small message through window.parent.civicMaps[name], the "desk" that map_bridge.js keeps on the page: what to
 *     show in which colours and words, and, by itself, what is chosen. The same desk takes clicks back.
 *
 * The message, written by dashboard/ui/map_view.py:
 *   words     {attribution, failed, retry, signed_out, normal, urgent, overdue, imprecise, kinds, levels, urgencies}
 *   home      the code of the town where the view begins, null for the whole county
 *   layers    {backdrop, towns, grids, sites, needs}: URL or null (not shown)
 *   paint     {key, title, unit, bins: [{colour, label, grids}], ids: [[..]], values: [[..]], rest, rest_value} or null;
 *             ids are grid ids by class, each list ascending and written as differences; values stand beside them;
 *             grids not listed are in class `rest` with value `rest_value`; null means the class has no number
 *   selected  "site:1" | "grid:2" | "need:3" | null
 *   focus     the same, or "town:520326001", or null: the map moves there once, whenever this changes
 *   points    true where the page wants to know every place that is clicked
 *   marks     {key, points} or null, links {key, lines} or null, dots {key, points} or null: see map_layers.js
 *   now       minutes since 1970, to tell what is overdue
 */
"use strict";
(function () {
  const draw = window.civicLayers;
  // Flat transforms: with 3D ones each of hundreds of markers is a layer that every change of the page pays for.
  L.Browser.ie3d = true;

  const LAYERS = ["backdrop", "towns", "grids", "sites", "needs"];

  /** Panes that only show, below and above the grids' own; clicks go through them. */
  const PANES = { backdrop: 300, towns: 410, lines: 420, chosen: 650 };

  class CountyMap {
    constructor(map, name) {
      this.map = map;
      this.message = { words: {}, layers: {} };
      this.shelves = { town: new Map(), grid: new Map(), site: new Map(), need: new Map() };
      this.classes = new Map();
      this.urls = {};
      this.keys = {};
      this.drawn = {};
      this.failed = new Map();
      this.bounds = null;
      this.loading = 0;
      this.settled = false;
      this.renderers = {};
      for (const [pane, order] of Object.entries(PANES)) this.renderers[pane] = this.still(pane, order);
      map.createPane("needs").style.zIndex = 640;
      L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
      this.note = this.corner("bottomleft", "civic-note");
      this.legend = this.corner("bottomright", "civic-legend");
      this.trouble = this.corner("topright", "civic-trouble");
      map.getContainer().classList.add("civic-map");
      map.on("zoomend", () => this.sizeLabels());
      map.on("click", (event) => this.send(null, event));
      this.watchSize();
      this.sitAtDesk(name);
      // After st_folium has set its own height.
      setTimeout(() => this.fitPhone(), 0);
    }

    /** On a phone the map leaves room for the rest of the page. */
    fitPhone() {
      const height = Math.round(window.parent.innerHeight * 0.62);
      const box = this.map.getContainer();
      if (window.parent.innerWidth >= 640 || box.clientHeight <= height) return;
      box.style.height = `${height}px`;
      window.Streamlit.setFrameHeight(height);
    }

    /** A pane that clicks go through. A canvas is dear, as large as the map: only lines, of which there may be many, get
     * one of their own, and only when there are any. */
    still(name, order) {
      const made = this.map.createPane(name);
      made.style.zIndex = order;
      made.style.pointerEvents = "none";
      const options = { pane: name, padding: 0.3 };
      return name === "lines" ? L.canvas(options) : L.svg(options);
    }

    corner(position, className) {
      const control = L.control({ position: position });
      const box = draw.element("div", className);
      box.hidden = true;
      control.onAdd = () => box;
      control.addTo(this.map);
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    }

    /** Take messages from the page and leave a way back for clicks. */
    sitAtDesk(name) {
      const desks = (window.parent.civicMaps = window.parent.civicMaps || {});
      const desk = (desks[name] = desks[name] || { message: null, receive: null, send: null });
      const receive = (message) => this.receive(message);
      desk.receive = receive;
      desk.go = (what) => this.goTo(what);
      this.desk = desk;
      window.addEventListener("pagehide", () => {
        if (desk.receive === receive) desk.receive = desk.go = null;
      });
      if (desk.message && desk.message.words) this.receive(desk.message);
    }

    /** A map built in a frame that is hidden or not laid out yet has no size: look again when it gets one. */
    watchSize() {
      const box = this.map.getContainer();
      let shown = box.clientWidth > 0;
      new ResizeObserver(() => {
        this.map.invalidateSize({ animate: false });
        if (shown || box.clientWidth === 0) return;
        shown = true;
        this.settled = false;
        this.goHome();
      }).observe(box);
    }

    receive(message) {
      const before = this.message;
      this.message = message;
      this.note.textContent = message.words.attribution || "";
      this.note.hidden = !message.words.attribution;
      for (const layer of LAYERS) this.load(layer, message.layers[layer] || null);
      if ((message.paint || {}).key !== (before.paint || {}).key) this.paint();
      if (message.now !== before.now && this.drawn.needs) draw.judgeNeeds(this.drawn.needs, this);
      for (const part of ["links", "dots", "marks"]) this.redraw(part, message[part]);
      this.writeLegend();
      this.choose(message.selected || null);
      this.follow(message.focus || null);
    }

    /* ---------- layers ---------- */

    /** Fetch a layer when its URL is a new one; the old picture stays until the new one is here. */
    async load(layer, url) {
      if (this.urls[layer] === url) return;
      this.urls[layer] = url;
      if (!url) {
        this.failed.delete(layer);
        this.complain();
        return this.show(layer, null);
      }
      this.loading += 1;
      try {
        const answer = await fetch(url, { credentials: "same-origin" });
        if (!answer.ok) throw Object.assign(new Error(`${url}: ${answer.status}`), { status: answer.status });
        const data = await answer.json();
        if (this.urls[layer] !== url) return;
        this.failed.delete(layer);
        this.show(layer, data);
      } catch (error) {
        console.error("map layer not shown:", error);
        if (this.urls[layer] !== url) return;
        this.urls[layer] = undefined;
        this.failed.set(layer, [401, 403].includes(error.status) ? "signed_out" : "failed");
        if (!this.settled) this.goHome();
      } finally {
        this.loading -= 1;
        this.complain();
      }
    }

    show(layer, data) {
      const kind = { grids: "grid", sites: "site", needs: "need", towns: "town" }[layer];
      if (!data && kind) this.shelves[kind].clear();
      this.replace(layer, data ? draw[layer](data, this) : null);
      if (!this.settled) this.goHome();
      this.sizeLabels();
      this.writeLegend();
      this.chosen = undefined;
      this.choose(this.message.selected || null);
      if (this.waiting) this.follow(this.waiting);
    }

    replace(name, layer) {
      if (this.drawn[name]) this.map.removeLayer(this.drawn[name]);
      this.drawn[name] = layer ? layer.addTo(this.map) : null;
    }

    redraw(name, part) {
      const key = part ? part.key : null;
      if (this.keys[name] === key) return;
      this.keys[name] = key;
      this.replace(name, part ? draw[name](part, this) : null);
    }

    /** Colour the grids as the message says, without touching their shapes. */
    paint() {
      const paint = this.message.paint;
      this.classes.clear();
      (paint ? paint.ids : []).forEach((differences, bin) => {
        let id = 0;
        differences.forEach((step, i) => {
          id += step;
          this.classes.set(id, { bin: bin, value: paint.values[bin][i] });
        });
      });
      for (const layer of this.shelves.grid.values()) layer.setStyle(draw.gridStyle(layer.feature.id, this));
    }

    classOf(id) {
      const paint = this.message.paint;
      return this.classes.get(id) || { bin: paint.rest, value: paint.rest_value };
    }

    sizeLabels() {
      const zoom = this.map.getZoom();
      this.map.getContainer().dataset.zoom = zoom >= 13 ? "near" : zoom >= 10.5 ? "middle" : "far";
    }

    /* ---------- choosing and moving ---------- */

    /** Show the choice at once, then tell the page. */
    pick(kind, id, event) {
      L.DomEvent.stopPropagation(event);
      const what = `${kind}:${id}`;
      this.choose(what);
      this.send(what, event);
    }

    /** A place where nothing stands is news only to a page that asks for points. */
    send(what, event) {
      if (!this.desk.send || (!what && !this.message.points)) return;
      this.desk.send(what, [event.latlng.lng, event.latlng.lat]);
    }

    thing(what) {
      const [kind, id] = (what || ":").split(":");
      return this.shelves[kind] ? this.shelves[kind].get(id) : undefined;
    }

    choose(what) {
      if (this.chosen === what) return;
      this.chosen = what;
      const layer = this.thing(what);
      this.replace("chosen", layer ? draw.chosen(layer, this) : null);
    }

    /** Move once to what the page asks for; wait while its layer is still on the way. */
    follow(what) {
      if (this.followed === what) return;
      const layer = this.thing(what);
      this.waiting = what && !layer ? what : null;
      if (this.waiting) return;
      const left = this.followed;
      this.followed = what;
      if (!what) {
        if (left) this.goHome();
        return;
      }
      this.goTo(what);
    }

    goTo(what) {
      const layer = this.thing(what);
      if (!layer) return;
      this.settled = true;
      if (layer.getBounds) this.map.fitBounds(layer.getBounds(), { padding: [24, 24], maxZoom: 15, animate: false });
      else this.map.setView(layer.getLatLng(), Math.max(this.map.getZoom(), 14), { animate: false });
    }

    /** The reader's own town, null while its outline is on the way; else the county's outline; without one, whatever
     * there is to see. */
    ground() {
      const { home } = this.message;
      const own = home ? this.shelves.town.get(home) : null;
      if (own) return own.getBounds();
      if (home && !("towns" in this.drawn) && !this.failed.has("towns")) return null;
      if (this.bounds) return this.bounds;
      const things = [...this.shelves.grid.values(), ...this.shelves.site.values()];
      return things.length && "backdrop" in this.drawn ? L.featureGroup(things).getBounds() : null;
    }

    goHome() {
      const ground = this.ground();
      if (!ground || this.map.getContainer().clientWidth === 0) return;
      this.map.fitBounds(ground, { padding: [8, 8], maxZoom: 14, animate: false });
      this.settled = true;
    }

    /* ---------- words around the map ---------- */

    /** Say that a layer is missing, with a way to ask again. */
    complain() {
      const [key] = this.failed.values();
      this.trouble.hidden = !key;
      if (!key) return;
      const words = this.message.words;
      const retry = draw.element("button", "", words.retry);
      retry.onclick = () => this.receive(this.message);
      this.trouble.replaceChildren(draw.element("span", "", words[key]), retry);
    }

    /** What the colours and shapes mean; folded up on a phone until it is asked for. */
    writeLegend() {
      const { paint, words } = this.message;
      const rows = [];
      if (paint && this.shelves.grid.size) {
        for (const bin of paint.bins) rows.push(this.legendRow("civic-swatch", bin.label, bin.grids, bin.colour));
      }
      if (this.shelves.need.size) {
        for (const rank of [...draw.RANKS].reverse().filter((one) => words[one])) {
          rows.push(this.legendRow("civic-need", words[rank]));
          rows[rows.length - 1].firstChild.dataset.rank = rank;
        }
      }
      if (this.shelves.site.size) {
        for (const [level, name] of Object.entries(words.levels || {})) {
          rows.push(this.legendRow("civic-site", name));
          rows[rows.length - 1].firstChild.dataset.level = level;
        }
      }
      const title = paint ? paint.title : words.legend;
      const before = this.legend.querySelector("details");
      const box = draw.element("details");
      box.open = before ? before.open : window.parent.innerWidth >= 640;
      box.append(draw.element("summary", "", title), ...rows);
      this.legend.replaceChildren(box);
      this.legend.hidden = rows.length === 0;
    }

    legendRow(className, words, count, colour) {
      const row = draw.element("div", "civic-row");
      const swatch = draw.element("span", className);
      if (colour) swatch.style.background = colour;
      row.append(swatch, draw.element("span", "", words));
      if (count !== undefined) row.append(draw.element("span", "civic-count", count));
      return row;
    }

    /** What is on the map now: for tests, and for finding faults from the browser's console. */
    report() {
      const centre = this.map.getCenter();
      return {
        ready: this.loading === 0 && LAYERS.every((layer) => layer in this.urls),
        grids: this.shelves.grid.size,
        sites: this.shelves.site.size,
        needs: this.shelves.need.size,
        painted: this.message.paint ? this.message.paint.key : null,
        chosen: this.chosen || null,
        zoom: this.map.getZoom(),
        centre: [centre.lat, centre.lng],
      };
    }
  }

  window.civicMap = {
    current: null,
    start(map, name) {
      window.civicMap.current = new CountyMap(map, name);
    },
    report() {
      return window.civicMap.current ? window.civicMap.current.report() : null;
    },
  };
})();
