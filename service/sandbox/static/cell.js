// How one cell looks. A cell here is the model's: {text, kind, style, note, link, wrong}; null is a blank one.

import { h } from "./dom.js";
import { isSafeLink } from "./richtext.js";

/** The element of a cell. With `spill` long text runs over the blank neighbour. */
export function drawCell(cell, { spill }) {
  const element = h("div", { class: "cell", role: "gridcell" });
  if (cell === null) return element;
  element.append(words(cell));
  if (cell.note) element.classList.add("cell-noted");
  if (cell.wrong) element.classList.add("cell-wrong");
  if (spill && cell.kind === "text" && !cell.style.wrap && (cell.style.align ?? "left") === "left") element.classList.add("cell-spill");
  paint(element, cell);
  return element;
}

function words(cell) {
  if (!cell.link || !isSafeLink(cell.link)) return h("span", { class: "cell-text" }, cell.text);
  return h("a", { class: "cell-text cell-link", href: cell.link, target: "_blank", rel: "noopener" }, cell.text);
}

function paint(element, { style, kind }) {
  const look = element.style;
  const align = style.align ?? { number: "right", date: "right", boolean: "center", error: "center" }[kind];
  if (align) look.justifyContent = { left: "flex-start", right: "flex-end", center: "center" }[align];
  if (align && align !== "left") look.textAlign = align;
  if (style.background) look.backgroundColor = style.background;
  if (style.colour) look.color = style.colour;
  if (style.bold) look.fontWeight = "700";
  if (style.italic) look.fontStyle = "italic";
  const lines = [style.underline && "underline", style.strike && "line-through"].filter(Boolean);
  if (lines.length) look.textDecoration = lines.join(" ");
}
