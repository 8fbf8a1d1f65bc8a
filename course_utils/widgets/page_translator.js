// Runs in the page, once for each field. What it uses stands above it, inside one function that gets
// `root`: sentenceReader (reading.js), attentionModel (model.js) and bringToLife (attention_view.js).
const find = (selector, within = root) => within.querySelector(selector);
// The field waits in a script of a kind that no browser runs; see page_translator.py.
const field = find("script[type='text/html']");
field.insertAdjacentHTML("afterend", field.textContent);
const form = find("form"), say = find(".typed-say"), view = find(".attn-view");
const blank = view.cloneNode(true); // the picture as Python drew it, before it comes to life
let shown = view, model = null;

// An element like another one, with this text in it.
const like = (element, text) => {
  const copy = element.cloneNode(false);
  copy.textContent = text;
  return copy;
};

// As _cell in attention_view.py.
const cell = (weight) => {
  const number = weight.toFixed(2), td = like(document.createElement("td"), number);
  const ink = number >= 0.65 ? ";color:#000" : "";
  if (number !== "0.00") td.setAttribute("style", `background-color:rgba(230,159,0,${number})${ink}`);
  return td;
};

// A picture of another sentence: the first one's, with these words and weights (T rows of S) in it.
const picture = (source, target, weights) => {
  const next = blank.cloneNode(true), part = (selector) => find(selector, next);
  [target, source].forEach((words, r) => {
    const span = next.querySelectorAll(".attn-row > span")[r];
    const button = span.querySelector("button");
    span.replaceChildren(...words.flatMap((word) => [" ", like(button, word)]).slice(1));
  });
  const [corner, head] = part("thead tr").cells, line = part("tbody tr"), name = line.cells[0];
  part("thead tr").replaceChildren(corner, ...source.map((word) => like(head, word)));
  part("tbody").replaceChildren("\n", ...target.flatMap((word, t) => {
    const row = line.cloneNode(false);
    row.replaceChildren(like(name, word), ...weights[t].map(cell));
    return [row, "\n"];
  }));
  const sums = source.map((_, s) => weights.reduce((sum, row) => sum + row[s], 0).toFixed(2));
  const total = part("tfoot tr"), plain = document.createElement("td");
  total.replaceChildren(total.cells[0], ...sums.map((sum) => like(plain, sum)));
  const size = source.length * target.length, folded = size > model.data.large;
  part("details").toggleAttribute("open", !folded);
  part("summary").textContent =
    `${folded ? `All ${size} weights: ` : "The weights: "}each row sums to 1, a column need not`;
  return next;
};

// Unpacking the weights takes a moment: it is done when a reader comes to the field, and not before.
const unpack = () => {
  const data = JSON.parse(find("script[type='application/json']").textContent);
  return { data, read: sentenceReader.open(data), translate: attentionModel.open(data) };
};

// A message, and the picture of a translation if there is one.
const answer = (text) => {
  model ??= unpack();
  const { tokens, message } = model.read(text);
  if (!tokens) return { message };
  const { target, weights } = model.translate(tokens);
  if (!target.length) return { message: "The model ended its sentence before the first word." };
  const written = target.join(" ").replace(/ ([.,…?!;:%])/g, "$1"); // as people write it
  return { message: message || written, view: picture(tokens, target, weights) };
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { message, view } = answer(form.elements[0].value);
  say.textContent = message;
  shown.hidden = !view; // a picture of another sentence would be no answer
  if (!view) return;
  shown.replaceWith(view);
  shown = view;
  bringToLife(view);
});
form.addEventListener("focusin", () => (model ??= unpack()));
// What is typed here must not turn a slide.
form.addEventListener("keydown", (event) => event.stopPropagation());
say.textContent = say.dataset.hint;
bringToLife(view);
