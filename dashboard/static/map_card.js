// The card beside the map. A click on the map, or on a need in the card, fetches the card of what was clicked and draws
// it in one piece; no page runs. Words go in by textContent. The card, written by dashboard/ui/map_card_words.py:
//   title, badges [[words, tone]], lines [words], facts [[words, number]],
//   lists [{title, empty, more, rows: [{words, mark, do}]}], doings [{words, do, main}], links [{words, href}], close
// What only the page can do comes back to it as "did": "match:5", "needs:5", "call:7".
const desks = new WeakMap();

export default function (component) {
  const { data, parentElement } = component;
  const host = parentElement.host || parentElement;
  let beside = desks.get(host);
  if (!beside) desks.set(host, (beside = new Beside(host, parentElement)));
  beside.take(data, component.setStateValue);
  return () => beside.leave();
}

class Beside {
  constructor(host, root) {
    this.host = host;
    this.root = root;
    this.shown = undefined;
  }

  /** The page ran: its words, what it chose, and whether what is shown has changed meanwhile. */
  take(data, setStateValue) {
    this.data = data;
    this.setStateValue = setStateValue;
    const all = (window.civicMaps = window.civicMaps || {});
    const desk = (all[data.map] = all[data.map] || { message: null, receive: null, send: null });
    this.desk = desk;
    desk.message = { ...desk.message, ...data.message };
    desk.send = (what) => this.choose(what);
    if (desk.receive && desk.message.words) desk.receive(desk.message);
    const wanted = `${data.message.selected} ${data.version} ${data.url}`;
    if (this.shown !== wanted) this.show(data.message.selected);
  }

  leave() {
    if (this.desk) this.desk.send = null;
  }

  /** Clicked by the reader: shown at once, and kept in the address so that the page knows when it runs next. */
  choose(what) {
    const address = new URL(window.location.href);
    if (what) address.searchParams.set(this.data.parameter, what);
    else address.searchParams.delete(this.data.parameter);
    window.history.replaceState(window.history.state, "", address);
    this.desk.message = { ...this.desk.message, selected: what };
    if (this.desk.receive) this.desk.receive(this.desk.message);
    this.show(what, true);
    // A number on the screen belongs to the card it was asked from.
    if (this.data.calling) this.tell("hang_up:0");
  }

  async show(what, clicked) {
    this.shown = `${what} ${this.data.version} ${this.data.url}`;
    const asked = this.shown;
    let box = element("p", "hint", this.data.hint);
    if (what) {
      try {
        const answer = await fetch(`${this.data.url}&what=${encodeURIComponent(what)}`, { credentials: "same-origin" });
        if (!answer.ok) throw new Error(`${answer.status}`);
        box = this.draw(await answer.json());
      } catch (error) {
        console.error("card not shown:", error);
        box = element("p", "hint", this.data.failed);
        if (this.shown === asked) this.shown = undefined;
      }
    }
    if (this.shown !== asked && this.shown !== undefined) return;
    const old = this.root.querySelector("article, .hint");
    if (old) old.replaceWith(box);
    else this.root.append(box);
    this.host.dataset.shown = what || "";
    // On a phone the card lies below the map: bring it into sight.
    if (clicked && what && window.innerWidth < 640) box.scrollIntoView({ behavior: "smooth", block: "nearest" });
  }

  act(what) {
    const [kind] = what.split(":");
    if (["site", "grid", "need"].includes(kind)) {
      this.choose(what);
      if (this.desk.go) this.desk.go(what);
      return;
    }
    this.tell(what);
  }

  /** What only the page can do. The same a second time must still be news, so a count goes with it. */
  tell(what) {
    window.civicDeeds = (window.civicDeeds || 0) + 1;
    this.setStateValue("did", { what: what, count: window.civicDeeds });
  }

  draw(card) {
    const box = element("article");
    const close = element("button", "close", "✕");
    close.type = "button";
    close.title = card.close;
    close.setAttribute("aria-label", card.close);
    close.onclick = () => this.choose(null);
    const head = element("header");
    head.append(element("h5", "", card.title), close);
    box.append(head);
    if (card.badges.length) {
      const badges = element("div", "badges");
      for (const [words, tone] of card.badges) {
        badges.append(element("span", "badge", words));
        badges.lastChild.dataset.tone = tone;
      }
      box.append(badges);
    }
    for (const line of card.lines) box.append(element("p", "line", line));
    if (card.facts.length) {
      const facts = element("div", "facts");
      for (const [words, number] of card.facts) {
        const fact = element("span", "", `${words} `);
        fact.append(element("b", "", number));
        facts.append(fact);
      }
      box.append(facts);
    }
    for (const link of card.links) {
      const made = element("a", "doing", link.words);
      if (/^tel:\+?\d+$/.test(link.href)) made.href = link.href;
      box.append(made);
    }
    for (const doing of card.doings) box.append(this.button(doing.main ? "doing main" : "doing", doing.words, doing.do));
    for (const part of card.lists) box.append(this.list(part));
    return box;
  }

  list(part) {
    const box = element("section");
    box.append(element("h6", "", part.title));
    if (!part.rows.length) box.append(element("p", "empty", part.empty));
    for (const row of part.rows) {
      const line = this.button("row", row.words, row.do);
      if (row.mark) line.dataset.mark = row.mark;
      box.append(line);
    }
    if (part.more) box.append(element("p", "more", part.more));
    return box;
  }

  button(className, words, what) {
    const made = element("button", className, words);
    made.type = "button";
    made.disabled = !what;
    if (what) made.onclick = () => this.act(what);
    return made;
  }
}

function element(tag, className, words) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (words !== undefined) made.textContent = words;
  return made;
}
