// The multi-select field: chosen items as chips, the rest in a searchable list below.

import { h } from "./dom.js";
import { wrapStrings } from "./form.js";
import { symbol } from "./icons.js";

const DEFAULT_MOST = 3;

export function multiSelect(widget, context) {
  const items = widget.items ?? [];
  const most = widget.multiSelectMaxSelectedItems ?? DEFAULT_MOST;
  const initial = items.filter((item) => item.selected).map((item) => item.value);
  const chosen = [...context.form.start(widget.name, initial)];
  const chips = h("span", { class: "chips" });
  const search = h("input", { class: "multi-search", "aria-label": widget.label ?? widget.name, placeholder: chosen.length ? "" : "Choose" });
  const list = h("ul", { class: "suggestions multi-list", role: "listbox", "aria-multiselectable": "true", hidden: true });
  const hint = h("div", { class: "hint" });

  const field = context.form.add({
    name: widget.name, key: widget.name, canBeRequired: true, read: () => [...chosen], wrap: wrapStrings,
    isEmpty: () => chosen.length === 0, focus: () => search.focus(),
    showProblem: (problem) => { root.classList.toggle("field-wrong", problem !== null); hint.textContent = problem ?? ""; },
  });
  const changed = () => {
    field.dirty = true;
    draw();
    if (widget.onChangeAction) context.press(widget.onChangeAction);
  };
  const toggle = (value) => {
    const at = chosen.indexOf(value);
    if (at >= 0) chosen.splice(at, 1);
    else if (chosen.length < most) chosen.push(value);
    else { hint.textContent = `Choose at most ${most}`; return; }
    hint.textContent = "";
    search.value = "";
    changed();
  };
  const draw = () => {
    chips.replaceChildren(...chosen.map((value) => {
      const item = items.find((one) => one.value === value);
      return h("span", { class: "chip chip-chosen" }, item?.text ?? value,
        h("button", { type: "button", class: "chip-remove", "aria-label": `Remove ${item?.text ?? value}`, onclick: () => toggle(value) }, symbol("close")));
    }));
    const typed = search.value.trim().toLowerCase();
    list.replaceChildren(...items.filter((item) => item.text.toLowerCase().includes(typed)).map((item) => h("li", {
      role: "option", "aria-selected": String(chosen.includes(item.value)),
      onpointerdown: (event) => { event.preventDefault(); toggle(item.value); },
    }, symbol(chosen.includes(item.value) ? "check_box" : "check_box_outline_blank"),
    h("span", { class: "choice-words" }, item.text, item.bottomText ? h("span", { class: "choice-below" }, item.bottomText) : null))));
  };
  search.addEventListener("focus", () => { list.hidden = false; list.scrollIntoView({ block: "nearest" }); });
  search.addEventListener("blur", () => { list.hidden = true; });
  search.addEventListener("input", draw);
  const root = h("div", { class: "field" },
    h("div", { class: "text-box multi-box", onclick: () => search.focus() }, chips, search,
      widget.label ? h("label", { class: "label-up" }, widget.label) : null, list), hint);
  draw();
  return root;
}
