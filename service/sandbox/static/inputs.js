// The widgets a person fills in. Each registers itself with the card's form and says how it travels.

import { h } from "./dom.js";
import { symbol } from "./icons.js";
import { wrapStrings } from "./form.js";
import { attachSuggestions } from "./suggestions.js";
import { multiSelect } from "./multiselect.js";

let serial = 0;
const freshId = () => `field-${(serial += 1)}`;

export function textInput(widget, context) {
  const id = freshId();
  const tall = widget.type === "MULTIPLE_LINE" && !widget.initialSuggestions && !widget.autoCompleteAction;
  const limit = widget.validation?.characterLimit;
  const input = h(tall ? "textarea" : "input", {
    id, class: "text-input", name: widget.name, placeholder: " ", autocomplete: "off", rows: tall ? 3 : null,
    value: context.form.start(widget.name, widget.value ?? ""), "aria-describedby": `${id}-hint`,
    inputmode: { INTEGER: "numeric", FLOAT: "decimal", EMAIL: "email" }[widget.validation?.inputType] ?? null,
  });
  const hint = h("div", { class: "hint", id: `${id}-hint` }, widget.hintText ?? "");
  const field = context.form.add({
    name: widget.name, key: widget.name, canBeRequired: true, read: () => input.value,
    wrap: (value) => wrapStrings(value === "" ? [] : [value]), isEmpty: () => input.value.trim() === "",
    check: () => textProblem(input.value, widget.validation),
    showProblem: (problem) => showProblem(root, hint, problem, widget.hintText),
    focus: () => input.focus(),
  });
  input.addEventListener("input", () => {
    field.dirty = true;
    if (root.classList.contains("field-wrong")) field.showProblem(null);
    counter.textContent = limit ? `${input.value.length} / ${limit}` : "";
  });
  if (widget.onChangeAction) input.addEventListener("change", () => context.press(widget.onChangeAction));
  const counter = h("span", { class: "hint-counter" }, limit ? `${input.value.length} / ${limit}` : "");
  const root = h("div", { class: "field" },
    h("div", { class: "text-box" }, input, widget.label ? h("label", { for: id }, widget.label) : null),
    h("div", { class: "hint-row" }, hint, counter));
  if (!widget.label) input.setAttribute("aria-label", widget.hintText ?? widget.name);
  if (widget.initialSuggestions || widget.autoCompleteAction) attachSuggestions(input, widget, context);
  return root;
}

function textProblem(text, validation) {
  if (!validation || text === "") return null;
  if (validation.characterLimit && text.length > validation.characterLimit) {
    return `Use at most ${validation.characterLimit} characters`;
  }
  const shape = {
    INTEGER: [/^\s*-?\d+\s*$/, "Enter a whole number"], FLOAT: [/^\s*-?\d*[.,]?\d+\s*$/, "Enter a number"],
    EMAIL: [/^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$/, "Enter an email address"],
  }[validation.inputType];
  return shape && !shape[0].test(text) ? shape[1] : null;
}

function showProblem(root, hint, problem, plain) {
  root.classList.toggle("field-wrong", problem !== null);
  hint.textContent = problem ?? plain ?? "";
}

export function selectionInput(widget, context) {
  const build = { DROPDOWN: dropdown, MULTI_SELECT: multiSelect }[widget.type] ?? choices;
  return build(widget, context);
}

function dropdown(widget, context) {
  const id = freshId();
  const items = widget.items ?? [];
  const initial = (items.find((item) => item.selected) ?? items[0])?.value ?? "";
  const chosen = context.form.start(widget.name, initial);
  const select = h("select", { id, class: "dropdown", name: widget.name },
    items.map((item) => h("option", { value: item.value, selected: item.value === chosen }, item.text)));
  const hint = h("div", { class: "hint" });
  const root = h("div", { class: "field" },
    h("div", { class: "text-box select-box" }, select, symbol("arrow_drop_down"),
      widget.label ? h("label", { for: id, class: "label-up" }, widget.label) : null), hint);
  const field = context.form.add({
    name: widget.name, key: widget.name, canBeRequired: true, read: () => select.value,
    wrap: (value) => wrapStrings(value === "" ? [] : [value]), isEmpty: () => select.value === "",
    showProblem: (problem) => showProblem(root, hint, problem, ""), focus: () => select.focus(),
  });
  if (!widget.label) select.setAttribute("aria-label", widget.name);
  select.addEventListener("change", () => {
    field.dirty = true;
    if (widget.onChangeAction) context.press(widget.onChangeAction);
  });
  return root;
}

function choices(widget, context) {
  const radio = widget.type === "RADIO_BUTTON";
  const group = freshId();
  const initial = (widget.items ?? []).filter((item) => item.selected).map((item) => item.value);
  const chosen = new Set(context.form.start(widget.name, initial));
  const boxes = (widget.items ?? []).map((item) => choice(item, { radio, group, widget, on: chosen.has(item.value) }));
  const field = context.form.add({
    name: widget.name, key: widget.name,
    read: () => boxes.filter((box) => box.input.checked).map((box) => box.input.value),
    wrap: wrapStrings,
  });
  const root = h("fieldset", { class: "choices" },
    widget.label ? h("legend", {}, widget.label) : null, boxes.map((box) => box.root));
  root.addEventListener("change", () => {
    field.dirty = true;
    if (widget.onChangeAction) context.press(widget.onChangeAction);
  });
  return root;
}

function choice(item, { radio, group, widget, on }) {
  const asSwitch = widget.type === "SWITCH";
  const input = h("input", {
    type: radio ? "radio" : "checkbox", name: radio ? group : widget.name, value: item.value, checked: on,
    class: asSwitch ? "switch" : "tick", role: asSwitch ? "switch" : null,
  });
  const words = h("span", { class: "choice-words" }, item.text,
    item.bottomText ? h("span", { class: "choice-below" }, item.bottomText) : null);
  const image = item.startIconUri ? h("img", { class: "icon", src: item.startIconUri, alt: "" }) : null;
  const order = asSwitch ? [image, words, input] : [input, image, words];
  return { input, root: h("label", { class: asSwitch ? "choice choice-switch" : "choice" }, order) };
}

/** The switch or check box at the end of a decorated text. Off sends nothing, on sends its value. */
export function switchControl(control, context, label) {
  const asSwitch = control.controlType !== "CHECK_BOX" && control.controlType !== "CHECKBOX";
  const key = `${control.name}\u0000${control.value ?? ""}`;
  const input = h("input", {
    type: "checkbox", name: control.name, class: asSwitch ? "switch" : "tick", role: asSwitch ? "switch" : null,
    checked: context.form.start(key, Boolean(control.selected)), "aria-label": label,
  });
  const field = context.form.add({
    name: control.name, key, read: () => input.checked,
    wrap: (on) => (on ? wrapStrings([control.value ?? ""]) : null),
  });
  input.addEventListener("click", (event) => event.stopPropagation());
  input.addEventListener("change", () => {
    field.dirty = true;
    if (control.onChangeAction) context.press(control.onChangeAction);
  });
  return input;
}

const PICKERS = { DATE_ONLY: "date", TIME_ONLY: "time", DATE_AND_TIME: "datetime-local" };

export function dateTimePicker(widget, context) {
  const id = freshId();
  const type = PICKERS[widget.type] ?? PICKERS.DATE_AND_TIME;
  const shiftMs = type === "datetime-local" ? (widget.timezoneOffsetDate ?? 0) * 60_000 : 0;
  const initial = widget.valueMsEpoch === undefined ? "" : asText(Number(widget.valueMsEpoch) + shiftMs, type);
  const input = h("input", { id, type, class: "text-input", name: widget.name, value: context.form.start(widget.name, initial) });
  const hint = h("div", { class: "hint" });
  const root = h("div", { class: "field" },
    h("div", { class: "text-box" }, input, widget.label ? h("label", { for: id, class: "label-up" }, widget.label) : null), hint);
  const field = context.form.add({
    name: widget.name, key: widget.name, canBeRequired: true, read: () => input.value, isEmpty: () => input.value === "",
    wrap: (value) => wrapMoment(value, type, shiftMs), showProblem: (problem) => showProblem(root, hint, problem, ""),
    focus: () => input.focus(),
  });
  if (!widget.label) input.setAttribute("aria-label", widget.name);
  input.addEventListener("change", () => {
    field.dirty = true;
    if (widget.onChangeAction) context.press(widget.onChangeAction);
  });
  return root;
}

function asText(ms, type) {
  const text = new Date(ms).toISOString();
  return { date: text.slice(0, 10), time: text.slice(11, 16), "datetime-local": text.slice(0, 16) }[type];
}

function wrapMoment(value, type, shiftMs) {
  if (value === "") return null;
  if (type === "time") {
    const [hours, minutes] = value.split(":").map(Number);
    return { timeInput: { hours, minutes } };
  }
  const ms = Date.parse(type === "date" ? `${value}T00:00Z` : `${value}Z`) - shiftMs;
  return type === "date" ? { dateInput: { msSinceEpoch: ms } } : { dateTimeInput: { msSinceEpoch: ms, hasDate: true, hasTime: true } };
}

