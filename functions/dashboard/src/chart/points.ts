import type { Column, Rows, Table } from '../api';
import type { Kind } from '../place';
import { type AxisKind, axisKind, positionOf } from './moments';

/** What a chart shows of a table. */
export interface Choice {
  kind: Kind;
  /** The column that has one value for all that is shown. */
  by: string | null;
  x: string | null;
  series: string[];
}

/** What is drawn: of each series a value per x, null where there is none. */
export interface Points {
  axis: AxisKind;
  x: string[];
  positions: number[];
  series: { name: string; values: (number | null)[] }[];
  /** How many lines there would be, of which only the greatest are drawn. */
  lines: number;
  /** Whether a column has a line per group, whose points need not meet. */
  isSplit: boolean;
  /** Whether there are more rows than were read. */
  isCut: boolean;
}

export const mostBars = 30;
export const mostRows = 2000;
const mostLines = 8;

/** The rows that a chart needs: of bars the greatest, of a line the latest. */
export function chartOrder(choice: Choice): { order: string; limit: number } | null {
  const first = choice.series[0];
  if (choice.kind === 'table' || choice.x === null || first === undefined) return null;
  return choice.kind === 'bar' ? { order: `-${first}`, limit: mostBars } : { order: `-${choice.x}`, limit: mostRows };
}

export function pointsOf(table: Table, choice: Choice, rows: Rows): Points {
  const column = (name: string): number => rows.columns.indexOf(name);
  const x = column(choice.x ?? '');
  const others = table.columns.filter((key) => key.isKey && key.name !== choice.x && key.name !== choice.by).map((key) => column(key.name));
  const group = (row: (string | null)[]): string => others.map((index) => row[index] ?? 'NULL').join(' · ');
  const number = (text: string | null | undefined): number | null => {
    const value = text === null || text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  };
  const drawn = rows.rows.filter((row) => row[x] !== null && row[x] !== undefined);

  if (choice.kind === 'bar') {
    return {
      axis: 'name',
      x: drawn.map((row) => [row[x], ...others.map((index) => row[index] ?? 'NULL')].join(' · ')),
      positions: drawn.map((_, index) => index),
      series: choice.series.map((name) => ({ name, values: drawn.map((row) => number(row[column(name)])) })),
      lines: choice.series.length,
      isSplit: false,
      isCut: rows.hasMore,
    };
  }

  const texts = [...new Set(drawn.map((row) => row[x]!))];
  const axis = axisKind(texts, kindOf(table, choice.x) === 'number');
  // The rows came with the greatest x first.
  const placed = texts.reverse().map((text, index) => ({ text, position: axis === 'name' ? index : positionOf(text, axis) }));
  if (axis !== 'name') placed.sort((one, other) => one.position - other.position);
  const places = new Map(placed.map(({ text }, index) => [text, index]));
  const lines = new Map<string, (number | null)[]>();
  for (const row of drawn) {
    for (const name of choice.series) {
      const line = [name, group(row)].filter((part) => part !== '').join(' · ');
      let values = lines.get(line);
      if (!values) lines.set(line, (values = new Array<number | null>(placed.length).fill(null)));
      values[places.get(row[x]!)!] = number(row[column(name)]);
    }
  }
  const last = (values: (number | null)[]): number => values.findLast((value) => value !== null) ?? Number.NEGATIVE_INFINITY;
  let series = [...lines].map(([name, values]) => ({ name, values }));
  if (series.length > mostLines) series = series.sort((one, other) => last(other.values) - last(one.values)).slice(0, mostLines);
  return {
    axis,
    x: placed.map(({ text }) => text),
    positions: placed.map(({ position }) => position),
    series,
    lines: lines.size,
    isSplit: others.length > 0,
    isCut: rows.hasMore,
  };
}

/** The suggested chart, with what the reader picked instead; what the table does not have is left out. */
export function choose(table: Table, picks: { by?: string; kind?: Kind; x?: string; series?: string[] }): Choice {
  const has = (name: string | null | undefined): name is string => table.columns.some((column) => column.name === name);
  const numbers = table.columns.filter((column) => column.kind === 'number' && !column.isKey).map((column) => column.name);
  const chart = table.chart;
  const by = picks.by === undefined ? (chart?.day ?? null) : has(picks.by) ? picks.by : null;
  const x = has(picks.x) ? picks.x : (chart?.x ?? table.columns.find((column) => column.isKey)?.name ?? table.columns[0]?.name ?? null);
  const series = picks.series?.filter(has) ?? chart?.series ?? numbers.slice(0, 1);
  return { kind: picks.kind ?? chart?.kind ?? 'table', by, x, series };
}

export function kindOf(table: Table, name: string | null): Column['kind'] | undefined {
  return table.columns.find((column) => column.name === name)?.kind;
}
