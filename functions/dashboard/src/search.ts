import { grouped } from './digits';

/** The rows in which some value has a text in it, as it is stored or as it is shown, in capitals or not. */
export function rowsWith(text: string, rows: (string | null)[][], scales: readonly (number | undefined)[]): (string | null)[][] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return rows;
  return rows.filter((row) => row.some((value, at) => value !== null && (value.toLowerCase().includes(wanted) || grouped(value, scales[at]).includes(wanted))));
}
