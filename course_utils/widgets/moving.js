// Makes a still picture move where no kernel runs: native sliders above, the view that belongs to
// where they stand below. Views that Python has drawn lie in a table; `page` may complete them.
//   root     the element before this script, of class explorer-still
//   packed   base64 of deflated JSON: controls, starts, tallest, views, index, data (see moving.py)
//   page     null, or { draw(view, now, data), moved(name, now, data) }: see query_plane.js
async (root, packed, page) => {
  if (!root || !root.matches(".explorer-still") || !window.DecompressionStream) return;
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const numbers = ({ float32 }) => new Float32Array(Uint8Array.from(atob(float32), (l) => l.charCodeAt(0)).buffer);
  const read = (_, value) => (value?.float32 ? numbers(value) : value);
  const { controls, starts, tallest, views, index, data } = JSON.parse(await new Response(stream).text(), read);
  const at = [...starts]; // which of its values each control has
  const tabled = controls.filter((control) => control.tabled);

  const now = () => Object.fromEntries(controls.map(({ name, values }, c) => [name, values[at[c]]]));
  // The table is laid out as nested loops over its controls, the last one innermost.
  const drawn = () => views[index[controls.reduce(
    (row, control, c) => (control.tabled ? row * control.values.length + at[c] : row), 0)]];

  const view = document.createElement("div");
  const boxes = () => [...view.querySelectorAll("[style*='overflow-x']")];
  const draw = () => {
    const scrolled = boxes().map((box) => box.scrollLeft);
    view.innerHTML = drawn();
    boxes().forEach((box, i) => (box.scrollLeft = scrolled[i] ?? 0)); // where the reader had moved it
    page?.draw(view, now(), data);
  };

  const sliders = controls.map(({ label, readouts }, c) => {
    const line = document.createElement("label");
    const [name, slider, readout] = ["span", "input", "span"].map((tag) => document.createElement(tag));
    name.textContent = label;
    readout.setAttribute("aria-hidden", "true"); // the slider says it
    Object.assign(slider, { type: "range", min: 0, max: readouts.length - 1, step: 1 });
    slider.dataset.lmSuppressShortcuts = "true";
    slider.addEventListener("keydown", (event) => event.key === "Tab" || event.stopPropagation());
    slider.addEventListener("input", () => {
      at[c] = +slider.value;
      Object.entries(page?.moved?.(controls[c].name, now(), data) ?? {}).forEach(([other, place]) => {
        at[controls.findIndex((control) => control.name === other)] = place;
      });
      show();
    });
    line.append(name, slider, readout);
    const set = () => {
      slider.value = at[c];
      slider.setAttribute("aria-valuetext", (readout.textContent = readouts[at[c]]));
    };
    return { line, set };
  });
  const show = () => {
    sliders.forEach(({ set }) => set());
    draw();
  };

  const room = document.createElement("div"); // as much as the tallest view takes: nothing below jumps
  room.innerHTML = tallest;
  room.setAttribute("aria-hidden", "true");
  room.inert = true;
  const [fields, stage] = ["fieldset", "div"].map((tag) => document.createElement(tag));
  fields.setAttribute("aria-label", "Sliders");
  fields.append(...sliders.map(({ line }) => line));
  stage.append(view, room);
  stage.className = "explorer-stage";
  show();
  root.querySelectorAll(":scope > :not(style)").forEach((part) => part.remove());
  root.append(fields, stage);
  root.classList.add("explorer-moving");
}
