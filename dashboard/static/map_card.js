// The card beside the map, drawn as one piece so that a click shows it at once. Words go in by textContent.
// data.card, written by dashboard/ui/map_cards.py:
//   title, badges [[words, tone]], lines [words], facts [[words, number]],
//   lists [{title, empty, more, rows: [{words, mark, do}]}], doings [{words, do, main}], links [{words, href}], close
// What is clicked comes back as the row's or button's `do`: "need:5", "match:5", "call:7", "close:0".
export default function (component) {
  const { data, parentElement, setStateValue } = component;
  const card = data.card;

  function element(tag, className, words) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (words !== undefined) made.textContent = words;
    return made;
  }

  function button(className, words, what) {
    const made = element("button", className, words);
    made.type = "button";
    made.onclick = () => {
      window.civicDeeds = (window.civicDeeds || 0) + 1;
      setStateValue("did", { what: what, count: window.civicDeeds });
    };
    made.disabled = !what;
    return made;
  }

  function list(part) {
    const box = element("section");
    box.append(element("h6", "", part.title));
    if (!part.rows.length) box.append(element("p", "empty", part.empty));
    for (const row of part.rows) {
      const line = button("row", row.words, row.do);
      if (row.mark) line.dataset.mark = row.mark;
      box.append(line);
    }
    if (part.more) box.append(element("p", "more", part.more));
    return box;
  }

  const box = element("article");
  const head = element("header");
  head.append(element("h5", "", card.title), button("close", "✕", "close:0"));
  head.lastChild.title = card.close;
  head.lastChild.setAttribute("aria-label", card.close);
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
    made.href = link.href;
    box.append(made);
  }
  for (const doing of card.doings) box.append(button(doing.main ? "doing main" : "doing", doing.words, doing.do));
  for (const part of card.lists) box.append(list(part));
  const old = parentElement.querySelector("article");
  if (old) old.replaceWith(box);
  else parentElement.append(box);
  // On a phone the card lies below the map: bring it into sight.
  if (window.innerWidth < 640) box.scrollIntoView({ behavior: "smooth", block: "nearest" });
}
