// Attention in the plane, computed in the page: what query_view of query_plane.py computes.
({
  draw(view, { angle, length, temperature = 1, real }, { words, points, groups, colours, middle, unit }) {
    const kept = words.map((_, s) => s < (real ?? words.length));
    const turn = (angle * Math.PI) / 180;
    const query = [length * Math.cos(turn), length * Math.sin(turn)];
    const scores = points.map(([x, y]) => x * query[0] + y * query[1]);
    const weights = softmax(scores.map((score, s) => (kept[s] ? score / temperature : -Infinity)));
    const context = [0, 1].map((axis) => sum(points.map((point, s) => weights[s] * point[axis])));
    const vector = (numbers) => `[${numbers.map((number) => signed(number, 1)).join(", ")}]`;

    const [svg, bars] = view.firstElementChild.children;
    const hidden = kept.filter((is) => !is).length;
    bars.firstElementChild.textContent =
      `The query ${vector(query)} fetches the context ${vector(context)}.` +
      (hidden ? ` The mask hides ${hidden} of ${words.length} words.` : "");
    bars.querySelectorAll("tbody tr").forEach(({ cells }, s) => {
      cells[1].textContent = kept[s] ? signed(scores[s], 1) : "−∞";
      setBar(cells[2], weights[s]);
      cells[3].textContent = fixed(weights[s], 2);
    });

    // The keys: of each arrow its colour and dashes, of each dot its size, of each label its brackets.
    const arrows = svg.querySelectorAll("g"), dots = svg.querySelectorAll("circle");
    const texts = svg.querySelectorAll("text");
    groups.forEach(({ point, members }, g) => {
      const real = members.some((s) => kept[s]);
      const radius = 3 + 12 * Math.sqrt(sum(members.map((s) => weights[s])));
      const line = arrows[g].querySelector("line");
      set(arrows[g], { fill: real ? colours.key : colours.masked, stroke: real ? colours.key : colours.masked });
      if (real) line.removeAttribute("stroke-dasharray");
      else set(line, { "stroke-dasharray": "3 4" });
      set(dots[g], { r: fixed(radius, 1), fill: real ? colours.weight : colours.masked });
      const label = texts[2 + g]; // after the names of both axes
      label.textContent = members.map((s) => (kept[s] ? words[s] : `(${words[s]})`)).join(", ");
      set(label, { y: fixed(middle - unit * point[1] + (point[1] > 0 ? -(radius + 4) : radius + 15), 1) });
    });
    const place = (arrow, [x, y], width) => {
      const size = unit * Math.hypot(x, y), head = Math.min(3 * width, size);
      const turned = (-Math.atan2(unit * y, unit * x) * 180) / Math.PI;
      set(arrow, { transform: `translate(${middle} ${middle}) rotate(${fixed(turned, 1)})` });
      set(arrow.querySelector("line"), { x2: fixed(size - head, 1) });
      const [tip, side, half] = [fixed(size, 1), fixed(head, 1), fixed(-head / 2, 1)];
      set(arrow.querySelector("path"), { d: `M${tip} 0l${fixed(-head, 1)} ${half}v${side}z` });
    };
    place(arrows[groups.length], query, 3);
    place(arrows[groups.length + 1], context, 4);
    const past = unit + 20 / Math.max(Math.hypot(...query), 1); // the query's name, just past its tip
    const name = { x: fixed(middle + query[0] * past, 1), y: fixed(middle - query[1] * past + 4, 1) };
    set(texts[2 + groups.length], name);
    const arrowsSay = `the query ${vector(query)}, the context ${vector(context)}, and the keys`;
    set(svg, { "aria-label": `Arrows in the plane: ${arrowsSay}` });
  },
})
