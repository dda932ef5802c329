// The widgets that show something, and the one table from a widget's name to the function that draws it.

import { h, openMenu } from "./dom.js";
import { cardIcon } from "./icons.js";
import { dateTimePicker, selectionInput, switchControl, textInput } from "./inputs.js";
import { richText } from "./richtext.js";

const DRAW = {
  textParagraph, image, decoratedText, buttonList, textInput, selectionInput, dateTimePicker, grid, columns, chipList, carousel,
  divider: () => h("hr", { class: "divider" }),
};

/** One widget of a card. `context` has form, press(action), open(onClick) and complete(action). */
export function drawWidget(widget, context) {
  const kind = Object.keys(DRAW).find((name) => widget[name] !== undefined);
  if (!kind) return h("div", { class: "unknown-widget" }, `Unknown widget: ${Object.keys(widget).join(", ")}`);
  const align = { CENTER: " align-center", END: " align-end" }[widget.horizontalAlignment] ?? "";
  return h("div", { class: `widget widget-${kind}${align}` }, DRAW[kind](widget[kind], context));
}

function textParagraph(widget) {
  const text = h("div", { class: "paragraph" }, richText(widget.text));
  if (!widget.maxLines) return text;
  text.style.setProperty("--lines", widget.maxLines);
  text.classList.add("clamped");
  const more = h("button", { type: "button", class: "show-more", onclick: () => {
    const open = text.classList.toggle("clamped");
    more.textContent = open ? "Show more" : "Show less";
  } }, "Show more");
  return h("div", {}, text, more);
}

function image(widget, context) {
  const picture = h("img", { class: "card-image", src: widget.imageUrl, alt: widget.altText ?? "" });
  return widget.onClick ? clickable(picture, widget.onClick, context, widget.altText) : picture;
}

function decoratedText(widget, context) {
  const start = widget.startIcon ?? widget.icon;
  const label = [widget.topLabel, widget.text].filter(Boolean).join(", ").replace(/<[^>]+>/g, "");
  const words = h("div", { class: "deco-words" },
    widget.topLabel ? h("div", { class: "deco-top" }, richText(widget.topLabel)) : null,
    h("div", { class: widget.wrapText ? "deco-text deco-wrap" : "deco-text" }, richText(widget.text)),
    widget.bottomLabel ? h("div", { class: "deco-bottom" }, richText(widget.bottomLabel)) : null);
  const main = h("div", { class: "deco-main" }, start ? h("span", { class: "deco-icon" }, cardIcon(start)) : null, words);
  const end = decorationEnd(widget, context, label);
  const row = h("div", { class: "deco" }, widget.onClick ? clickable(main, widget.onClick, context, null) : main, end);
  if (widget.onClick) row.classList.add("deco-clickable");
  return row;
}

function decorationEnd(widget, context, label) {
  if (widget.switchControl) return switchControl(widget.switchControl, context, label);
  if (widget.button) return button(widget.button, context);
  if (widget.endIcon) return h("span", { class: "deco-icon deco-end" }, cardIcon(widget.endIcon));
  return null;
}

function clickable(content, onClick, context, label) {
  return h("button", { type: "button", class: "clickable", "aria-label": label, onclick: (event) => context.open(onClick, event) }, content);
}

function buttonList(widget, context) {
  return h("div", { class: "button-list" }, (widget.buttons ?? []).map((one) => button(one, context)));
}

/** A card's button in its Material style; a colour makes it filled. */
export function button(spec, context) {
  const type = spec.color ? "FILLED" : spec.type ?? "OUTLINED";
  const element = h("button", {
    type: "button", class: `btn btn-${type.toLowerCase().replace("_", "-")}${spec.text ? "" : " btn-icon"}`,
    disabled: spec.disabled, "aria-label": spec.text ? null : spec.altText ?? spec.icon?.altText,
    title: spec.altText ?? null, onclick: (event) => context.open(spec.onClick, event),
  }, spec.icon ? cardIcon(spec.icon) : null, spec.text ? h("span", {}, richText(spec.text)) : null);
  if (spec.color) paint(element, spec.color);
  return element;
}

function paint(element, color) {
  const part = (value) => Math.round(255 * (value ?? 0));
  const [red, green, blue] = [part(color.red), part(color.green), part(color.blue)];
  const light = 0.299 * red + 0.587 * green + 0.114 * blue > 160;
  element.style.setProperty("--fill", `rgb(${red} ${green} ${blue})`);
  element.style.setProperty("--on-fill", light ? "#1f1f1f" : "#fff");
}

function grid(widget, context) {
  const border = widget.borderStyle?.type === "STROKE" ? " tile-stroke" : "";
  const tiles = (widget.items ?? []).map((item) => {
    const picture = item.image?.imageUri
      ? h("img", { class: `tile-image crop-${(item.image.cropStyle?.type ?? "SQUARE").toLowerCase()}`, src: item.image.imageUri, alt: item.image.altText ?? "" }) : null;
    const words = h("span", { class: "tile-words" }, item.title ? h("span", { class: "tile-title" }, item.title) : null,
      item.subtitle ? h("span", { class: "tile-subtitle" }, item.subtitle) : null);
    const content = item.layout === "TEXT_ABOVE" ? [words, picture] : [picture, words];
    if (!widget.onClick) return h("div", { class: `tile${border}` }, content);
    return h("button", { type: "button", class: `tile${border}`, onclick: (event) => context.open(withItem(widget.onClick, item.id), event) }, content);
  });
  return h("div", {}, widget.title ? h("div", { class: "grid-title" }, widget.title) : null,
    h("div", { class: "tiles", style: `--columns:${widget.columnCount ?? 2}` }, tiles));
}

/** The clicked item's id joins the parameters. Google documents no name for it; this is the one in use. */
function withItem(onClick, id) {
  if (!onClick.action) return onClick;
  const extra = [{ key: "grid_item_identifier", value: id ?? "" }];
  return { action: { ...onClick.action, parameters: [...(onClick.action.parameters ?? []), ...extra] } };
}

function chipList(widget, context) {
  const scroll = widget.layout === "HORIZONTAL_SCROLLABLE" ? " chips-scroll" : "";
  return h("div", { class: `chips${scroll}` }, (widget.chips ?? []).map((chip) => h("button", {
    type: "button", class: "chip", disabled: chip.disabled, title: chip.altText ?? null,
    onclick: (event) => context.open(chip.onClick, event),
  }, chip.icon ? cardIcon(chip.icon) : null, chip.label)));
}

/** A sidebar is narrower than what Google lays side by side, so columns stand under each other, as there. */
function columns(widget, context) {
  return h("div", { class: "columns" }, (widget.columnItems ?? []).map((item) =>
    h("div", { class: "column" }, (item.widgets ?? []).map((inner) => drawWidget(inner, context)))));
}

function carousel(widget, context) {
  return h("div", { class: "carousel" }, (widget.carouselCards ?? []).map((card) => h("div", { class: "carousel-card" },
    [...(card.widgets ?? []), ...(card.footerWidgets ?? [])].map((inner) => drawWidget(inner, context)))));
}

/** The menu of an `overflowMenu` click. */
export function openOverflow(menu, context, event) {
  const box = event.currentTarget.getBoundingClientRect();
  openMenu((menu.items ?? []).map((item) => ({
    label: item.text, disabled: item.disabled, icon: item.startIcon ? cardIcon(item.startIcon) : null,
    run: () => context.open(item.onClick, event),
  })), { x: box.right, y: box.bottom + 4, align: "end" });
}

