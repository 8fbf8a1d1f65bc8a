// What scrolls in a box of its own can be reached with the Tab key, too, and shows at its edge that it goes on.
const BOXES =
  ".table-wrapper, .cell_output, .cell_output [style*='overflow-x'], .attn-scroll, .formula, .highlight pre";

function reachable() {
  for (const box of document.querySelectorAll(BOXES)) {
    const wide = box.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("goes-on", wide && box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
    for (const [name, value] of Object.entries({ tabindex: 0, role: "group", "aria-label": "scrolls sideways" })) {
      if (wide) box.setAttribute(name, value);
      else box.removeAttribute(name);
    }
  }
}
addEventListener("load", () => {
  reachable();
  // A slider draws its view anew.
  new MutationObserver(reachable).observe(document.body, { childList: true, subtree: true });
});
addEventListener("resize", reachable);
document.addEventListener("scroll", reachable, true); // of a box: is there more to the right?
document.addEventListener("toggle", reachable, true); // a part unfolded

// The theme's switches are labels of hidden boxes: give them names, and the keyboard.
const SWITCHES = { __navigation: "Menu", __toc: "On this page" };
addEventListener("DOMContentLoaded", () => {
  for (const label of document.querySelectorAll("label[for^='__'], .sidebar-tree label")) {
    const box = document.getElementById(label.htmlFor);
    if (!box || label.matches(".overlay")) continue;
    const named = label.closest("li")?.querySelector("a")?.textContent.trim();
    label.tabIndex = 0;
    label.setAttribute("role", "button");
    label.setAttribute("aria-label", SWITCHES[label.htmlFor] ?? `Pages below ${named ?? "this one"}`);
    const say = () => label.setAttribute("aria-expanded", box.checked);
    box.addEventListener("change", say);
    say();
    label.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      box.click();
    });
  }
});
