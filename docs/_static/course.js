// What scrolls in a box of its own can be reached with the Tab key, too.
const BOXES = ".table-wrapper, .cell_output, .attn-scroll, .formula, .highlight pre";

function reachable() {
  for (const box of document.querySelectorAll(BOXES)) {
    if (box.scrollWidth > box.clientWidth + 1) {
      box.tabIndex = 0;
      if (!box.matches("pre")) {
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", "scrolls sideways");
      }
    }
  }
}
addEventListener("load", reachable);
addEventListener("resize", reachable);
document.addEventListener("toggle", reachable, true); // a part unfolded
