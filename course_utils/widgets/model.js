// The trained model in the page: what course_utils/model does (encoder.py, scores.py, decoders.py and
// search.py, for one sentence at a time), in plain JavaScript.
//
//     const translate = attentionModel.open(data);
//     translate(["le", "chat", "dort"])  // { target: ["the", "cat", "sleeps"], weights: 3 rows of 3 }
//
// A vector is an array of numbers; a matrix too, row after row, with a `shape` of its own, [n, m].
// It uses numbers.js. S source words, E embedding, H hidden, V words that can be written.
const attentionModel = (() => {
  const [BOS, EOS] = [1, 2]; // ids in every vocabulary; <pad> is 0 and <unk> is 3

  const add = (x, y) => x.map((x_i, i) => x_i + y[i]);
  const dot = (x, y) => y.reduce((total, y_i, i) => total + x[i] * y_i, 0);
  const argmax = (x) => x.reduce((best, x_i, i) => (x_i > x[best] ? i : best), 0);

  // Row i of a matrix (n, m): m numbers. Row i of an embedding is the vector of word i.
  const row = (matrix, i) => [...matrix.subarray(i * matrix.shape[1], (i + 1) * matrix.shape[1])];

  // One step of a GRU: input x, state h (H) -> the next state (H).
  const gruStep = ({ inputW, inputB, stateW, stateB }, x, h) =>
    gruState(linear(inputW, x, inputB), linear(stateW, h, stateB), h);

  // All states of a GRU that starts from zero and reads S vectors, in their order.
  const gruStates = (gru, inputs) => {
    let h = new Array(gru.stateW.shape[1]).fill(0);
    return inputs.map((x) => (h = gruStep(gru, x, h)));
  };

  // The GRU called `name`; `direction` is "" or "_reverse".
  const gru = (w, name, direction = "") => ({
    inputW: w[`${name}.weight_ih_l0${direction}`], inputB: w[`${name}.bias_ih_l0${direction}`],
    stateW: w[`${name}.weight_hh_l0${direction}`], stateB: w[`${name}.bias_hh_l0${direction}`],
  });

  // S ids -> S states (H): the first half read from the left, the second half from the right. And the
  // final state (H): each direction's state after its last word.
  const encode = (w, ids) => {
    const words = ids.map((id) => row(w["encoder.embedding.weight"], id));
    const there = gruStates(gru(w, "encoder.gru"), words);
    const back = gruStates(gru(w, "encoder.gru", "_reverse"), words.toReversed()).reverse();
    return { states: there.map((state, s) => [...state, ...back[s]]), final: [...there.at(-1), ...back[0]] };
  };

  // How well does each encoder state suit what the decoder asks for? query (H), S keys (H) -> S scores.
  // PAGE_SCORES of page_translator.py has the same names: other scores it refuses.
  const SCORES = {
    "dot": (w, query, keys) => keys.map((key) => dot(query, key)),
    "scaled-dot": (w, query, keys) => keys.map((key) => dot(query, key) / Math.sqrt(query.length)),
    "general": (w, query, keys) => keys.map((key) => dot(query, key)),
    "additive": (w, query, keys) =>
      keys.map((key) => dot(w["decoder.score.v.weight"], add(query, key).map(Math.tanh))),
    "location": (w, query, keys) =>
      linear(w["decoder.score.weight.weight"], query, w["decoder.score.weight.bias"]).slice(0, keys.length),
  };

  // What the query is compared with: the states, or a matrix times each.
  const makeKeys = (w, score, states) => score === "general" || score === "additive"
    ? states.map((state) => linear(w["decoder.score.weight.weight"], state)) : states;

  // One step: the last word's id and the state (H) -> the next word's id, the next state, S weights.
  const decoderStep = (w, score, id, state, keys, states) => {
    const word = row(w["decoder.embedding.weight"], id);
    const query = linear(w["decoder.attn.weight"], [...word, ...state], w["decoder.attn.bias"]);
    const weights = softmax(SCORES[score](w, query, keys));
    const context = state.map((_, i) => sum(states.map((h, s) => weights[s] * h[i])));
    const both = linear(
      w["decoder.attn_combine.weight"], [...word, ...context], w["decoder.attn_combine.bias"]);
    const next = gruStep(gru(w, "decoder.gru"), both.map((x) => Math.max(x, 0)), state);
    // The likeliest word has the largest number before a softmax, too: none is needed.
    return { id: argmax(linear(w["decoder.out.weight"], next, w["decoder.out.bias"])), state: next, weights };
  };

  // Greedy search: always the likeliest word, up to <eos>, or to 10 more words than twice the source's.
  const greedy = (w, score, source) => {
    const { states, final } = encode(w, source), keys = makeKeys(w, score, states);
    const ids = [], weights = [];
    let step = { id: BOS, state: final };
    while (ids.length < 2 * source.length + 10) {
      step = decoderStep(w, score, step.id, step.state, keys, states);
      if (step.id === EOS) break;
      ids.push(step.id);
      weights.push(step.weights);
    }
    return { ids, weights };
  };

  // All weights stand in one text, as base64: numbers of 4 bytes, matrix after matrix.
  const unpack = ({ shapes, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    let start = 0;
    return Object.fromEntries(shapes.map(([name, shape]) => {
      const tensor = new Float32Array(bytes.buffer, start, shape.reduce((n, m) => n * m));
      start += tensor.byteLength;
      return [name, Object.assign(tensor, { shape })];
    }));
  };

  // `data` is what course_utils/widgets/page_translator.py writes. The tokens are words of data.source.
  const open = (data) => {
    const w = unpack(data.weights), idOf = new Map(data.source.map((word, id) => [word, id]));
    return (tokens) => {
      const { ids, weights } = greedy(w, data.score, tokens.map((token) => idOf.get(token)));
      return { target: ids.map((id) => data.target[id]), weights };
    };
  };

  return { open };
})();
