import type { Column } from './api';

const mostPadded = 4;
const plain = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** How many digits all numbers of a column have behind the point: as many as its type says, or as the longest of them has; undefined if it has no such numbers. */
export function scaleOf(column: Column | undefined, texts: readonly (string | null | undefined)[]): number | undefined {
  if (column?.kind !== 'number') return undefined;
  const declared = /^DECIMAL\(\d+, *(\d+)\)$/.exec(column.type);
  if (declared && Number(declared[1]) <= mostPadded) return Number(declared[1]);
  let most: number | undefined;
  for (const text of texts) {
    const match = plain.exec(text ?? '');
    if (match) most = Math.max(most ?? 0, (match[3] ?? '').replace(/0+$/, '').length);
  }
  return most;
}

/** A number as the host wrote it, with all its digits, in groups of three and filled up to the column's scale; what is no plain number as it is. */
export function grouped(text: string, scale: number | undefined): string {
  const match = plain.exec(text);
  if (!match || scale === undefined) return text;
  const [, sign, whole, fraction = ''] = match;
  const kept = fraction.replace(/0+$/, '').padEnd(scale, '0');
  return `${sign}${whole!.replace(/\B(?=(\d{3})+$)/g, ',')}${kept === '' ? '' : `.${kept}`}`;
}
