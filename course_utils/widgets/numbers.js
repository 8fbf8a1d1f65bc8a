// What scripts that compute in the page share: pieces of the model, and numbers as Python writes them.
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

// Weights that sum to 1. Less the highest score, none is too large for exp.
const softmax = (scores) => {
  const highest = Math.max(...scores);
  if (highest === -Infinity) return scores.map(() => 0); // nothing to share out
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const total = sum(exponentials);
  return exponentials.map((exponential) => exponential / total);
};

// W x + b: W (n·m numbers, row after row), x (m), b (n), which may be left out -> (n)
const linear = (W, x, b) => {
  const m = x.length;
  return Array.from({ length: W.length / m }, (_, row) => {
    let total = b ? b[row] : 0;
    for (let i = 0; i < m; i++) total += W[row * m + i] * x[i];
    return total;
  });
};

// The next state of a GRU (H), from the one before, and the parts that the input and that state have in its
// gates (3 H each). As in PyTorch one above the other: r (how much of h the new content sees), z (how much of
// h stays), and the new content n.
const gruState = (fromInput, fromState, h) => Array.from(h, (h_i, i) => {
  const H = h.length;
  const r = sigmoid(fromInput[i] + fromState[i]);
  const z = sigmoid(fromInput[H + i] + fromState[H + i]);
  const n = Math.tanh(fromInput[2 * H + i] + r * fromState[2 * H + i]);
  return (1 - z) * n + z * h_i;
});

// f"{number:.{decimals}f}": an exact tie goes to the even digit, where toFixed goes up; -0 keeps its sign.
const fixed = (number, decimals) => {
  const size = Math.abs(number), sign = number < 0 || Object.is(number, -0) ? "-" : "";
  const halves = size * 2 ** (decimals + 1); // a tie is an odd number of these: exact, as 2 divides 10
  if (halves % 2 !== 1) return sign + size.toFixed(decimals);
  const down = Math.floor(size * 10 ** decimals);
  return sign + ((down + (down % 2)) / 10 ** decimals).toFixed(decimals);
};

// As course_utils.figures.texts.signed: a real minus sign, and none before a zero.
const signed = (number, decimals) => {
  const text = fixed(number, decimals);
  return +text === 0 ? text.replace("-", "") : text.replace("-", "−");
};

const set = (element, attributes) =>
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));

const setBar = (cell, share) => {
  cell.firstElementChild.style.width = `${fixed(100 * +fixed(share, 2), 0)}%`;
};
