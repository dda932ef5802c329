// Every example card of the product, drawn by the same code as the sidebar. Presses only say what they would do.

import { get } from "./api.js";
import { drawCard } from "./card.js";
import { h, showToast } from "./dom.js";
import { Form } from "./form.js";
import { loadIcons } from "./icons.js";
import { openOverflow } from "./widgets.js";

function context() {
  const form = new Form();
  const shown = {
    form,
    press: (action) => { if (form.accepts(action)) showToast(`Would press ${action.function.split("/").at(-1)}`); },
    complete: async () => [],
    open: (onClick, event) => {
      if (onClick.action) shown.press(onClick.action);
      else if (onClick.openLink) showToast(`Would open ${onClick.openLink.url}`);
      else if (onClick.overflowMenu) openOverflow(onClick.overflowMenu, shown, event);
      else if (onClick.card) showToast(`Would show ${onClick.card.header?.title ?? "a card"}`);
    },
  };
  return shown;
}

const [examples, world] = await Promise.all([get("/preview/gallery"), get("/preview/world"), loadIcons()]);
document.getElementById("gallery").style.setProperty("--blue", world.colour);
const figures = examples.map(({ name, card }) => h("figure", { class: "example", "data-name": name },
  h("figcaption", {}, name, " ", h("span", { class: "example-size" }, `${(JSON.stringify(card).length / 1024).toFixed(1)} KB`)),
  h("div", { class: "example-card" }, drawCard(card, context()))));
document.getElementById("gallery").append(...figures);
document.getElementById("count").textContent = `${examples.length} views`;
document.getElementById("find").addEventListener("input", (event) => {
  const wanted = event.target.value.trim().toLowerCase();
  for (const figure of figures) figure.hidden = !figure.textContent.toLowerCase().includes(wanted);
});
document.documentElement.dataset.ready = "yes";
