// Weights set by hand, computed in the page: from the context to the next word, as AttnDecoderRNN.write.
({
  // Another step starts with the model's own weights.
  moved(name, { step }, { starts }) {
    return name === "step" ? Object.fromEntries(starts[step - 1].map((at, s) => [`weight ${s}`, at])) : {};
  },

  draw(view, now, data) {
    const given = data.states.map((_, s) => now[`weight ${s}`]), total = sum(given);
    const weights = given.map((weight) => weight / (total || 1));
    const [table, words] = view.children;
    const caption = table.firstElementChild;
    caption.textContent = caption.textContent.replace(data.empty, "") + (total ? "" : data.empty);
    table.querySelectorAll("tbody tr").forEach(({ cells }, s) => {
      setBar(cells[1], weights[s]);
      cells[2].textContent = fixed(weights[s], 2);
    });
    const probabilities = this.next(weights, now.step - 1, data);
    const best = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a] || a - b);
    const [mine, models] = words.querySelectorAll("table");
    const written = models.rows[0].cells[1].textContent; // what the model itself would write
    [...mine.rows].forEach(({ cells }, rank) => {
      const word = data.words[best[rank]], p = probabilities[best[rank]];
      cells[0].textContent = word === written ? "✓" : "";
      cells[1].textContent = word;
      setBar(cells[2], p);
      cells[3].textContent = p >= 0.0005 ? `${fixed(100 * p, 1)} %` : "< 0.1 %";
    });
  },

  // The probability of each word (V,), from weights (S,): combine, GRU, softmax.
  next(weights, step, data) {
    // attn_combine([embedded; context]) is linear: the word's part is ready, and each state's.
    const input = Array.from(data.embedded[step], (word, h) =>
      Math.max(0, word + sum(weights.map((weight, s) => weight * data.states[s][h]))));
    const state = gruState(linear(data.gru, input, data.gruBias), data.gates[step], data.hidden[step]);
    return softmax(linear(data.out, state, data.outBias));
  },
})
