import type { Choice } from './chart/points';
import type { Table } from './api';

const mostFirst = 3;

/** The columns to begin with where there is little room: the keys that differ from row to row and the values of the chart; then the others. */
export function keysAndValuesFirst(table: Table, choice: Choice, names: readonly string[]): { first: string[]; rest: string[] } {
  const has = (name: string): boolean => names.includes(name);
  const keys = table.columns.filter(({ name, isKey }) => isKey && name !== choice.by && has(name)).map(({ name }) => name);
  const numbers = table.columns.filter(({ name, isKey, kind }) => kind === 'number' && !isKey && has(name)).map(({ name }) => name);
  const values = choice.series.filter(has);
  const wanted = [...keys.slice(0, mostFirst - 1), ...(values.length > 0 ? values : numbers), ...keys, ...names];
  const first = [...new Set(wanted)].slice(0, Math.min(mostFirst, Math.max(1, keys.length + (values.length || numbers.length))));
  return { first, rest: names.filter((name) => !first.includes(name)) };
}
