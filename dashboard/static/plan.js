// The parts of a plan that an edit changes: "numbers", "rows", "strip", written by dashboard/ui/plan_words.py. A mark on
// ticked rows is sent by URL (dashboard/web/plan_edits.py); its answer has all parts and the map's lines, and is drawn at
// once, the lines a frame later. The page hears of it afterwards, runs, and brings the same again. Words go in by textContent.
//
// What a part gets: { part, run, version, told }; "rows" also { url, asked, map, ticked, reason, unticked }.
// What "rows" tells the page: { ticked: [[role, person]], reason, edited, count }.
const parts = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const host = parentElement.host || parentElement;
  let part = parts.get(host);
  if (!part) parts.set(host, (part = new (data.part === "rows" ? Rows : Part)(host, parentElement)));
  part.take(data, component.setStateValue);
  return () => part.leave();
}

/** The plan on this page: the newest version that anybody drew, and its parts. */
function plan() {
  return (window.civicPlan = window.civicPlan || { run: null, version: -1, parts: new Set() });
}

class Part {
  constructor(host, root) {
    this.host = host;
    this.box = element("div", "part");
    root.append(this.box);
    this.drawn = "";
  }

  /** The page ran. It may have begun before the last edit: then what it says is old. */
  take(data, setStateValue) {
    const now = plan();
    now.parts.add(this);
    this.data = data;
    this.setStateValue = setStateValue;
    if (data.run === now.run && data.version < now.version) return;
    now.run = data.run;
    now.version = data.version;
    this.show(data.told, data.version);
  }

  leave() {
    plan().parts.delete(this);
  }

  show(told, version) {
    const words = JSON.stringify(told);
    if (words !== this.drawn) {
      this.drawn = words;
      this.box.className = `part ${this.data.part}`;
      fill(this.box, draw[this.data.part](told, this));
      this.box.hidden = !this.box.firstChild;
    }
    this.host.dataset.shown = `${version}`;
  }
}

class Rows extends Part {
  constructor(host, root) {
    super(host, root);
    this.ticked = new Map();
    this.reason = "";
    this.unticked = 0;
    this.lines = new Map();
  }

  take(data, setStateValue) {
    // Drawn anew after another view: ticked as the page remembers it. Else what is ticked here is newer.
    if (!this.data) for (const [role, who] of data.ticked) this.ticked.set(name({ role, who }), [role, who]);
    else if (data.unticked !== this.unticked || data.run !== this.data.run) this.ticked.clear();
    if (!this.data) this.reason = data.reason;
    this.unticked = data.unticked;
    super.take(data, setStateValue);
  }

  show(told, version) {
    const here = new Set(told.rows.map(name));
    for (const key of this.ticked.keys()) if (!here.has(key)) this.ticked.delete(key);
    this.told = told;
    super.show(told, version);
    this.showTicks();
  }

  tick(row, on) {
    if (on) this.ticked.set(name(row), [row.role, row.who]);
    else this.ticked.delete(name(row));
    this.showTicks();
    this.tell(false);
  }

  tickAll(on) {
    this.ticked.clear();
    if (on) for (const row of this.told.rows) this.ticked.set(name(row), [row.role, row.who]);
    this.showTicks();
    this.tell(false);
  }

  showTicks() {
    const count = this.ticked.size;
    for (const button of this.box.querySelectorAll("button.mark")) button.disabled = !count || this.busy;
    for (const line of this.box.querySelectorAll("tbody tr")) {
      const on = this.ticked.has(line.dataset.name);
      line.classList.toggle("on", on);
      line.querySelector("input").checked = on;
    }
    const all = this.box.querySelector("thead input");
    if (all) {
      all.checked = count > 0 && count === this.told.rows.length;
      all.indeterminate = count > 0 && !all.checked;
    }
    const said = this.box.querySelector(".count");
    if (said) said.textContent = count ? `${this.told.found} · ${this.told.ticked} ${count}` : this.told.found;
  }

  /** The same a second time must still be news, so a count goes with it. */
  tell(edited) {
    window.civicTold = (window.civicTold || 0) + 1;
    const ticked = [...this.ticked.values()];
    this.setStateValue("told", { ticked, reason: this.reason, edited, count: window.civicTold });
  }

  /** Say a word about the ticked rows: solved by the server, drawn from its answer, then the page is told. */
  async mark(kind) {
    const now = plan();
    const pairs = [...this.ticked.values()];
    if (!pairs.length || this.busy) return;
    this.busy = true;
    this.showTicks();
    const reason = this.reason || this.told.reasons[0];
    const body = { run: now.run, version: now.version, kind, pairs, reason, asked: this.data.asked };
    let lines = null;
    try {
      const answer = await fetch(this.data.url, {
        method: "POST",
        credentials: "same-origin",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const json = (answer.headers.get("content-type") || "").startsWith("application/json");
      const said = json ? await answer.json() : { error: this.told.failed };
      if (answer.ok) {
        this.drawAll(said);
        lines = said.map;
      } else this.note([said.error], "error");
    } catch (error) {
      console.error("not changed:", error);
      this.note([this.told.failed], "error");
    }
    this.busy = false;
    this.showTicks();
    // The button pressed is shut now, with nothing ticked: go on from the rows.
    if (!this.ticked.size && this.list) this.list.focus({ preventScroll: true });
    // After the paint, the lines of the map, then the page: what they redraw must not hold up what is on screen.
    requestAnimationFrame(() =>
      setTimeout(() => {
        if (lines) this.drawLines(lines);
        this.tell(true);
      }),
    );
  }

  drawAll(said) {
    const now = plan();
    this.ticked.clear();
    this.note(said.notes, "warning");
    now.run = said.run;
    now.version = said.version;
    for (const part of now.parts) part.show(said[part.data.part], said.version);
  }

  drawLines(lines) {
    const desk = (window.civicMaps || {})[this.data.map];
    if (!desk || !desk.message) return;
    desk.message = { ...desk.message, ...lines };
    if (desk.receive && desk.message.words) desk.receive(desk.message);
  }

  note(words, tone) {
    this.notes.replaceChildren(...words.map((said) => element("p", `note ${tone}`, said)));
  }

  /** The frame stays while its words do, so that the focus stays where it is; lines that say the same stay too. */
  fill(told) {
    const { rows, found, empty, ...frame } = told;
    const words = JSON.stringify([frame, !empty]);
    if (words !== this.frame) {
      this.frame = words;
      this.notes = element("div", "notes");
      this.notes.setAttribute("role", "status");
      this.list = empty ? null : table(told, this);
      this.empty = element("p", "hint");
      this.top = told.marks.length ? toolbar(told, this) : element("p", "small", told.closed);
    }
    this.empty.textContent = empty;
    if (!this.list) return [this.top, this.notes, this.empty];
    const before = this.lines;
    this.lines = new Map();
    for (const row of rows) {
      const key = JSON.stringify(row);
      this.lines.set(key, before.get(key) || line(row, told, this));
    }
    fill(this.list.querySelector("tbody"), [...this.lines.values()]);
    return [this.top, this.notes, this.list, element("p", "small count", found)];
  }
}

const draw = {
  numbers(told) {
    const tiles = element("div", "tiles");
    for (const [label, value, beside, help] of told.tiles) {
      const tile = element("div", "tile");
      tile.title = help;
      tile.append(element("span", "label", label), element("span", "value", value), element("span", "beside", beside));
      tiles.append(tile);
    }
    return [tiles, element("p", "line", told.line)];
  },

  strip(told) {
    if (!told) return [];
    const tiers = element("p", "tiers");
    for (const [words, tone] of told.tiers) {
      if (tiers.firstChild) tiers.append(" · ");
      tiers.append(element("span", tone, words));
    }
    const lines = told.lines.map((line) => element("p", "small", line));
    return [element("h6", "", told.title), tiers, element("p", "small", told.count), ...lines];
  },

  rows: (told, part) => part.fill(told),
};

/** Give a box these children. What stands there already is not taken out and put back: that would cost it its focus,
 *  its scroll and its layout. */
function fill(box, wanted) {
  const stay = new Set(wanted);
  for (const old of [...box.children]) if (!stay.has(old)) old.remove();
  for (const [at, node] of wanted.entries()) {
    if (box.children[at] !== node) box.insertBefore(node, box.children[at] || null);
  }
}

function toolbar(told, part) {
  const bar = element("div", "bar");
  const why = element("input", "why");
  why.setAttribute("list", "reasons");
  why.setAttribute("aria-label", told.why);
  why.maxLength = 200;
  why.placeholder = told.reasons[0];
  why.value = part.reason;
  why.title = told.why;
  why.onchange = () => {
    part.reason = why.value.trim();
    part.tell(false);
  };
  const list = element("datalist");
  list.id = "reasons";
  for (const words of told.reasons) list.append(Object.assign(element("option"), { value: words }));
  bar.append(why, list);
  for (const [kind, words] of told.marks) {
    const button = element("button", "mark", words);
    button.type = "button";
    button.dataset.kind = kind;
    button.onclick = () => {
      part.reason = why.value.trim();
      part.mark(kind);
    };
    bar.append(button);
  }
  return bar;
}

function table(told, part) {
  const frame = element("div", "list");
  frame.tabIndex = 0;
  const grid = element("table");
  const head = element("tr");
  const all = box(told.tick_all, (on) => part.tickAll(on));
  head.append(cell("th", "tick", all));
  for (const [at, words] of told.heads.entries()) head.append(cell("th", COLUMNS[at], words));
  const top = element("thead");
  top.append(head);
  grid.append(top, element("tbody"));
  frame.append(grid);
  return frame;
}

const COLUMNS = ["need", "urgency", "who", "time", "score"];

function line(row, told, part) {
  const found = element("tr");
  found.dataset.name = name(row);
  found.dataset.level = row.level;
  const on = () => part.ticked.has(name(row));
  const tick = box(`${told.tick} ${row.cells[0][0]} ${row.cells[2][0]}`, (ticked) => part.tick(row, ticked));
  found.append(cell("td", "tick", tick));
  for (const [at, [first, second]] of row.cells.entries()) {
    const place = cell("td", COLUMNS[at], element("span", "first", first));
    if (second) place.append(element("span", "second", second));
    if (at === 0) {
      place.title = `${first}\n${second}`;
      const badges = [["new", row.new], ["pin", row.pin]].filter(([, words]) => words);
      for (const [tone, words] of badges) {
        const badge = element("span", `badge ${tone}`, words);
        badge.title = words;
        place.firstChild.append(badge);
      }
    }
    found.append(place);
  }
  found.onclick = (event) => {
    if (event.target.tagName === "INPUT" || String(window.getSelection())) return;
    part.tick(row, !on());
  };
  return found;
}

function box(label, change) {
  const input = element("input");
  input.type = "checkbox";
  input.setAttribute("aria-label", label);
  input.onchange = () => change(input.checked);
  return input;
}

function cell(kind, name, content) {
  const found = element(kind, name);
  found.append(content);
  return found;
}

function element(kind, name, words) {
  const found = document.createElement(kind);
  if (name) found.className = name;
  if (words !== undefined) found.textContent = words;
  return found;
}

function name(row) {
  return `${row.role}:${row.who}`;
}
