// An extension of JupyterLab in the form in which JupyterLab loads one, for RISE's slides.
(() => {
  // RISE's page does not provide @jupyterlab/console. The widgets' extension asks for it, for consoles'
  // sake, and without it no widget is shown (github.com/jupyterlab-contrib/rise/issues/119). All that the
  // extension takes from it is the token of a service that it can do without; JupyterLab has its own.
  const emptyConsole = new Proxy({}, { get: (_, name) => ({ name }) });
  const provided = { get: async () => () => emptyConsole, from: "attention-course-live", eager: false, loaded: true };

  // The arrow keys turn the slides, all of them in their order, as Space and a clicker do. (RISE would
  // leave out those below others.) In an editor, on a slider's handle and in a view they keep their meaning.
  const ownKeys = ".cm-editor, .noUi-handle, .attn-view, input, textarea, select";
  const steps = { ArrowRight: false, ArrowDown: false, ArrowLeft: true, ArrowUp: true };  // true: back
  const onSlides = () => document.querySelector(".reveal .slides") !== null;
  const turn = event => {
    const plain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!event.isTrusted || !plain || !(event.key in steps) || !onSlides() || event.target.closest(ownKeys)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const space = { key: " ", code: "Space", keyCode: 32, shiftKey: steps[event.key], bubbles: true };
    document.dispatchEvent(new KeyboardEvent("keydown", space));
  };
  const keep = event => {
    if (onSlides() && event.target.closest(ownKeys)) event.stopPropagation();
  };
  // RISE's own keys (t, s, w, q, End …) would take away letters that are typed into a field.
  const giveWay = ({ target }) => {
    if (onSlides() && target.closest(ownKeys) && !target.closest(".cm-editor")) target.dataset.lmSuppressShortcuts = "true";
  };
  const plugin = {
    id: "attention-course-live:plugin",
    autoStart: true,
    activate: () => {
      window.addEventListener("keydown", turn, true);  // before JupyterLab's commands see it
      document.addEventListener("focusin", giveWay);
      document.body.addEventListener("keydown", keep);  // after the editor or slider, before reveal.js
    },
  };

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB["attention-course-live"] = {
    init: scope => { scope["@jupyterlab/console"] ??= { "4.0.0": provided }; },
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
