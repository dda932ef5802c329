// Addresses as people write them.

/** 0 → A, 25 → Z, 26 → AA. */
export function columnLetters(column) {
  let letters = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  }
  return letters;
}

/** Row and column from 0 → "B2". */
export const cellAddress = (row, column) => `${columnLetters(column)}${row + 1}`;
