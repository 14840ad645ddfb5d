// Screens of a deck: they are all here already, so a key shows the next one at once. A clicker sends PageUp and PageDown.
const deck = document.querySelector("main[data-deck]");
const notes = document.querySelector("main[data-notes]");
const number = deck ? deck.dataset.deck : notes.dataset.notes;
// The presenter's window follows the screen's, in this browser only.
const channel = new BroadcastChannel(`present-${number}`);
const parts = [...document.querySelectorAll(deck ? ".screen" : ".said")];
let at = 0;

function show(next, told) {
  if (next !== at) stop();
  at = Math.max(0, Math.min(parts.length - 1, next));
  parts.forEach((part, place) => (part.hidden = place !== at));
  document.body.classList.remove("black");
  if (deck) {
    fit(parts[at]);
    document.querySelector(".at").textContent = `${at + 1} / ${parts.length}`;
    history.replaceState(null, "", `#${at + 1}`);
  }
  if (!told) channel.postMessage({ at });
}

// The layout was measured for the widest of usual fonts; should this machine's be wider still, its type shrinks.
function fit(part) {
  if (part.dataset.fitted) return;
  part.dataset.fitted = "yes";
  for (const block of part.querySelectorAll(":scope > h1, .number, .words, .table")) {
    let size = parseFloat(block.style.fontSize);
    while ((block.scrollHeight > block.clientHeight || block.scrollWidth > block.clientWidth) && size > 0.5) {
      size *= 0.96;
      block.style.fontSize = `${size}em`;
    }
  }
}

channel.onmessage = (event) => {
  if (event.data.ask && deck) channel.postMessage({ at });
  if ("at" in event.data) show(event.data.at, true);
  if (event.data.deed && deck) deeds[event.data.deed]();
};

// The map that plays: all its months are here; one is shown after the other until the last.
const PACE = 1200;
let playing = 0;
const lapses = () => (deck ? [...parts[at].querySelectorAll(".lapse")] : []);
function month(box, number) {
  const slider = box.querySelector("input");
  const months = (box.months ||= JSON.parse(box.dataset.months));
  const shades = (box.shades ||= JSON.parse(box.dataset.shades));
  const one = months[Math.max(0, Math.min(months.length - 1, number))];
  slider.value = months.indexOf(one);
  slider.setAttribute("aria-valuetext", one.label);
  for (const [name, words] of Object.entries({ when: one.label, note: one.note, total: one.total, beside: one.beside }))
    box.querySelector(`.now .${name}`).textContent = words;
  const [paths, names, values] = ["path", ".name", ".value"].map((kind) => box.querySelectorAll(`.county ${kind}`));
  one.classes.forEach((kind, place) => {
    const [colour, ink] = shades[kind];
    paths[place].setAttribute("fill", colour);
    for (const words of [names[place], values[place]].filter(Boolean)) {
      words.setAttribute("fill", ink);
      words.setAttribute("stroke", colour);
    }
    values[place].textContent = one.values[place];
  });
}
const chosen = (box) => Number(box.querySelector("input").value);
const lastOf = (box) => Number(box.querySelector("input").max);
function stop() {
  clearInterval(playing);
  playing = 0;
  for (const button of document.querySelectorAll(".play button")) sign(button, "▶", button.dataset.play);
}
function sign(button, mark, words) {
  button.querySelector(".sign").textContent = mark;
  button.querySelector(".act").textContent = words;
}
const over = () => lapses().every((box) => chosen(box) === lastOf(box));
/** All maps of the screen go on together. */
function play() {
  if (over()) lapses().forEach((box) => month(box, 0));
  for (const box of lapses()) sign(box.querySelector(".play button"), "❚❚", box.querySelector(".play button").dataset.pause);
  playing = setInterval(() => {
    lapses().forEach((box) => month(box, chosen(box) + 1));
    if (over()) stop();
  }, PACE);
}
function step(by) {
  if (!deck) return channel.postMessage({ deed: by < 0 ? "earlier" : "later" });
  stop();
  lapses().forEach((box) => month(box, chosen(box) + by));
}

const deeds = {
  next: () => show(at + 1),
  back: () => show(at - 1),
  first: () => show(0),
  last: () => show(parts.length - 1),
  black: () => (deck ? document.body.classList.toggle("black") : channel.postMessage({ deed: "black" })),
  full: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  notes: () => deck && window.open(`/present/${number}/notes${location.search}`, `notes-${number}`, "width=900,height=700"),
  decide: () => dialog && askDecision(),
  play: () => {
    if (!deck) return channel.postMessage({ deed: "play" });
    if (lapses().length) playing ? stop() : play();
  },
  earlier: () => step(-1),
  later: () => step(1),
};
const keys = {
  ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", Enter: "next",
  ArrowLeft: "back", ArrowUp: "back", PageUp: "back", Backspace: "back",
  Home: "first", End: "last", b: "black", ".": "black", f: "full", n: "notes", d: "decide",
  p: "play", "[": "earlier", "]": "later",
};
document.addEventListener("keydown", (event) => {
  if (dialog && dialog.open) return;
  // The browser's own keys stay its own; on a button, space and Enter press it.
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if ((event.key === " " || event.key === "Enter") && event.target.closest("button")) return;
  // A slider keeps its arrows; a clicker's keys turn the screen all the same, Escape gives the arrows back.
  if (event.target.matches("input[type=range]")) {
    if (event.key === "Escape") event.target.blur();
    if (/^(Arrow|Home|End)/.test(event.key)) return;
  }
  const name = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!name) return;
  event.preventDefault();
  deeds[name]();
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) {
    deeds[button.dataset.do]();
    button.blur();
  }
});
for (const box of document.querySelectorAll(".lapse"))
  box.querySelector("input").addEventListener("input", () => {
    stop();
    month(box, chosen(box));
  });
let still = 0;
document.addEventListener("mousemove", () => {
  document.body.classList.add("moved");
  clearTimeout(still);
  still = setTimeout(() => document.body.classList.remove("moved"), 2500);
});

// Decisions: typed on the screen, kept by the server.
const dialog = document.querySelector("dialog");
// Not "open": that would take the place of window.open.
function askDecision() {
  dialog.querySelector(".error").textContent = "";
  dialog.showModal();
  dialog.querySelector("textarea").focus();
}
if (dialog) {
  const form = dialog.querySelector("form");
  form.addEventListener("submit", async (event) => {
    if (event.submitter && event.submitter.value === "cancel") return;
    event.preventDefault();
    const error = dialog.querySelector(".error");
    const body = Object.fromEntries(new FormData(form));
    body.screen = parts[at].getAttribute("aria-label");
    body.once = dialog.dataset.once ||= crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    try {
      const answer = await fetch(`/present/${number}/decisions${location.search}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      if (!answer.ok) {
        const said = await answer.json().catch(() => ({}));
        error.textContent = said.error || deck.dataset.notSaved;
        return;
      }
    } catch {
      error.textContent = deck.dataset.notSaved;
      return;
    }
    delete dialog.dataset.once;
    form.reset();
    dialog.close();
    badge(deck.dataset.decided);
  });
}

// What is shown stays as it was frozen; only the badge says that the county has moved on.
function badge(words) {
  const shown = document.querySelector(".badge");
  shown.textContent = words;
  shown.hidden = !words;
}
async function look() {
  const answer = await fetch(`/present/${number}/changes`).catch(() => null);
  if (!answer || !answer.ok) return;
  const { changes } = await answer.json();
  document.body.classList.toggle("changed", changes > 0);
  if (changes > 0) badge(deck.dataset.changed.replace("{count}", changes.toLocaleString()));
}
if (deck) {
  show(Number(location.hash.slice(1)) - 1 || 0);
  look();
  setInterval(look, 30000);
} else {
  show(0, true);
  channel.postMessage({ ask: true });
  const tell = () => (document.querySelector(".clock").textContent = new Date().toLocaleTimeString());
  tell();
  setInterval(tell, 1000);
}
