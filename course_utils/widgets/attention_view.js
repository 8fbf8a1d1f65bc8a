// Runs in the page, once for each view. The view is the element before this script; the weights
// are the numbers in its table.
((root) => {
  if (!root || !root.matches(".attn-view")) return;
  const all = (selector, within = root) => [...within.querySelectorAll(selector)];
  const labels = all(".attn-row > b").map((label) => label.textContent);
  // rows[0]: the words that look; rows[1]: the words looked at.
  const rows = all(".attn-row").map((row) => all("button", row));
  const lines = all("tr");
  const weights = all("tbody tr").map((line) => all("td", line).map((cell) => +cell.textContent));
  const sums = all("tfoot td").map((cell) => cell.textContent);
  const say = root.querySelector(".attn-say");
  const name = (word) => word.firstChild.textContent;
  let chosen = null; // by a click, a tap or the keyboard
  let hovered = null; // under the mouse, for as long as it stays there

  const sentence = (side, at, shown) => {
    if (side < 0)
      return "Point at a word, or tap it: the other row lights up by weight.\n" +
        "Keyboard: Tab to a row, then the arrow keys; Escape lets go.";
    const ranked = shown.map((w, i) => [w, i]).filter(([w]) => w >= 0.01).sort((a, b) => b[0] - a[0]);
    const best = ranked.slice(0, 3).map(([w, i]) => `${name(rows[1 - side][i])} ${w.toFixed(2)}`);
    const seen = (best.join(", ") || "no word") + (ranked.length > 3 ? " …" : "");
    const word = `“${name(rows[side][at])}”`;
    if (side === 0) return `${word} looks at ${seen}`;
    return `${word} is looked at by ${seen}\n` +
      `Together ${sums[at]}: only the weights of one ${labels[0]} word sum to 1.`;
  };

  const draw = () => {
    const word = hovered || chosen;
    const side = rows.findIndex((row) => row.includes(word));
    const at = side < 0 ? -1 : rows[side].indexOf(word);
    const shown = side === 0 ? weights[at] : weights.map((row) => row[at]);
    rows.forEach((row, r) => row.forEach((button, i) => {
      const weight = side === 1 - r ? shown[i] : null;
      button.classList.toggle("attn-on", button === word);
      button.setAttribute("aria-pressed", button === chosen);
      button.style.backgroundColor = weight ? `rgba(230,159,0,${weight})` : "";
      button.style.color = weight >= 0.65 ? "#000" : "";
      button.lastChild.textContent = weight === null ? "" : weight.toFixed(2);
    }));
    lines.forEach((line, t) => {
      line.classList.toggle("attn-on", side === 0 && t === at + 1);
      [...line.cells].forEach((cell, s) => cell.classList.toggle("attn-on", side === 1 && s === at + 1));
    });
    say.textContent = sentence(side, at, shown);
  };

  const choose = (word) => {
    chosen = word;
    hovered = null;
    draw();
  };

  const hover = (word) => {
    if (word === hovered) return;
    hovered = word;
    draw();
  };

  // The word that an event is about, or null.
  const wordOf = (event) => event.target.closest(".attn-row button");

  root.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse") hover(wordOf(event));
  });
  root.addEventListener("pointerleave", () => hover(null));
  root.addEventListener("click", (event) => {
    const word = wordOf(event);
    if (word) choose(word === chosen ? null : word);
  });
  root.addEventListener("focusin", (event) => {
    const word = wordOf(event);
    if (!word) return;
    // One Tab stop a row: the word that had the focus last.
    rows.find((row) => row.includes(word)).forEach((other) => (other.tabIndex = other === word ? 0 : -1));
    if (word.matches(":focus-visible")) choose(word);
  });
  root.addEventListener("keydown", (event) => {
    const word = wordOf(event);
    if (!word || event.ctrlKey || event.altKey || event.metaKey) return;
    const side = rows.findIndex((row) => row.includes(word));
    const at = rows[side].indexOf(word);
    const end = (row) => row.length - 1;
    const aside = (step) => () => rows[side][Math.min(Math.max(at + step, 0), end(rows[side]))];
    const right = getComputedStyle(word).direction === "rtl" ? -1 : 1; // Hebrew runs to the left
    const next = {
      ArrowLeft: aside(-right),
      ArrowRight: aside(right),
      ArrowUp: () => rows[0][Math.min(at, end(rows[0]))],
      ArrowDown: () => rows[1][Math.min(at, end(rows[1]))],
      Home: () => rows[side][0],
      End: () => rows[side][end(rows[side])],
    }[event.key];
    // What is meant for the words must not turn a slide or move a cell.
    if (next || event.key === " " || event.key === "Enter") event.stopPropagation();
    if (next) {
      event.preventDefault();
      next().focus();
      choose(next());
    } else if (event.key === "Escape" && chosen) {
      event.stopPropagation();
      choose(null);
    }
  });

  rows.forEach((row) => row.forEach((button, i) => {
    button.tabIndex = i ? -1 : 0;
    if (!button.querySelector("small")) button.append(document.createElement("small"));
  }));
  draw();
})(document.currentScript.previousElementSibling);
