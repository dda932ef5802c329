// Suggestions under a text field: from the card itself, or asked of the server while typing.

import { h } from "./dom.js";

const ASK_AFTER_MS = 200;
const SHOWN = 8;

export function attachSuggestions(input, widget, context) {
  const list = h("ul", { class: "suggestions", role: "listbox", hidden: true });
  const own = (widget.initialSuggestions?.items ?? []).map((item) => item.text);
  let asked = 0;
  let timer = 0;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.after(list);

  const hide = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); };
  const show = (texts) => {
    list.replaceChildren(...texts.slice(0, SHOWN).map((text) => h("li", {
      role: "option", onpointerdown: (event) => { event.preventDefault(); choose(text); },
    }, text)));
    list.hidden = texts.length === 0;
    input.setAttribute("aria-expanded", String(texts.length > 0));
    list.scrollIntoView({ block: "nearest" });
  };
  const choose = (text) => {
    input.value = text;
    hide();
    input.dispatchEvent(new Event("input"));
    input.dispatchEvent(new Event("change"));
    hide();
  };
  const offer = () => {
    const typed = input.value.trim().toLowerCase();
    show(own.filter((text) => text.toLowerCase().startsWith(typed) && text !== input.value));
    if (widget.autoCompleteAction && typed !== "") {
      clearTimeout(timer);
      timer = setTimeout(askServer, ASK_AFTER_MS);
    }
  };
  const askServer = async () => {
    const turn = (asked += 1);
    const texts = await context.complete(widget.autoCompleteAction);
    if (turn === asked && document.activeElement === input) show(texts);
  };
  input.addEventListener("input", offer);
  input.addEventListener("focus", offer);
  input.addEventListener("blur", hide);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const options = [...list.children];
    const at = options.findIndex((option) => option.ariaSelected === "true");
    if (event.key === "Escape") hide();
    else if (event.key === "Enter" && at >= 0) choose(options[at].textContent);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      options.forEach((option, index) => { option.ariaSelected = String(index === next); });
    } else return;
    event.preventDefault();
  });
}
