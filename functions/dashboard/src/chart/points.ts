import type { Column, Rows, Table } from '../api';
import { scaleOf } from '../digits';
import type { Kind, Picks } from '../place';
import { type Measure, measured, measuresOf } from './measure';
import { type AxisKind, axisKind, positionOf } from './moments';
import { withOwnAxis } from './ownAxis';

/** What a chart shows of a table. */
export interface Choice {
  kind: Kind;
  /** The column that has one value for all that is shown. */
  by: string | null;
  x: string | null;
  series: string[];
  measure: Measure;
  isLog: boolean;
  /** How many days lie on one another. */
  days: number;
}

export interface Series {
  name: string;
  /** The column that its values are of. */
  column: string;
  colour: number;
  /** How many digits the values have behind the point. */
  scale: number | undefined;
  /** What stands behind the values. */
  unit: string;
  /** Whether it is of an earlier day than another. */
  isBefore: boolean;
  /** Whether it has a scale of its own, as it is much smaller than another. */
  isSmall: boolean;
  values: (number | null)[];
}

/** What is drawn: of each series a value per x, null where there is none. */
export interface Points {
  /** How they are to be drawn: rows that were read for bars make no line. */
  kind: 'line' | 'bar';
  axis: AxisKind;
  x: string[];
  positions: number[];
  /** The colour is a number that a name keeps while others come and go. */
  series: Series[];
  /** How many lines there would be, of which only the greatest are drawn. */
  lines: number;
  /** Whether a column has a line per group, whose points need not meet. */
  isSplit: boolean;
  /** Whether days lie on one another. */
  isBeside: boolean;
  /** Whether there are more than are here. */
  isCut: boolean;
  /** Whether all rows there are were read. */
  hasAll: boolean;
}

export const mostBars = 30;
export const mostRows = 2000;
const mostLines = 8;

/** The rows that a chart needs: of bars the greatest, of a line the latest. */
export function chartOrder(choice: Choice): { order: string; limit: number } | null {
  const first = choice.series[0];
  if (choice.kind === 'table' || choice.x === null || first === undefined) return null;
  return choice.kind === 'bar' ? { order: `-${first}`, limit: choice.measure === 'value' ? mostBars : mostRows } : { order: `-${choice.x}`, limit: mostRows };
}

/** What rows come to, by the measure that was picked. `colours` remembers which name has which. */
export function pointsOf(table: Table, choice: Choice, rows: Rows, colours = new Map<string, number>()): Points {
  const points = measured(valuesOf(table, choice, rows, colours), choice.measure, choice.by !== null && !rows.hasMore);
  const own = { ...points, series: withOwnAxis(points.series) };
  return own.kind === 'bar' ? firstBars(own, mostBars) : own;
}

/** The first of the bars. */
export function firstBars(points: Points, most: number): Points {
  if (points.x.length <= most) return points;
  return { ...points, x: points.x.slice(0, most), series: points.series.map((one) => ({ ...one, values: one.values.slice(0, most) })), isCut: true };
}

/** The newest days up to one; the days come with the newest first. */
export function daysUpTo(days: readonly string[], day: string, count: number): string[] {
  const at = days.indexOf(day);
  return at < 0 ? [day] : days.slice(at, at + count);
}

function valuesOf(table: Table, choice: Choice, rows: Rows, colours: Map<string, number>): Points {
  const column = (name: string): number => rows.columns.indexOf(name);
  const x = column(choice.x ?? '');
  const isBeside = choice.kind === 'line' && choice.days > 1;
  const by = column(choice.by ?? '');
  const keys = table.columns.filter((key) => key.isKey && key.name !== choice.x && key.name !== choice.by).map((key) => column(key.name));
  const others = isBeside ? [by, ...keys] : keys;
  const group = (row: (string | null)[]): string => others.map((index) => named(row[index])).join(' · ');
  const number = (text: string | null | undefined): number | null => {
    const value = text === null || text === undefined || text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : null;
  };
  const scale = (name: string): number | undefined => scaleOf(table.columns.find((one) => one.name === name), rows.rows.map((row) => row[column(name)]));
  const drawn = rows.rows.filter((row) => row[x] !== null && row[x] !== undefined);

  if (choice.kind === 'bar') {
    return {
      kind: 'bar',
      axis: 'name',
      x: drawn.map((row) => [named(row[x]), ...others.map((index) => named(row[index]))].join(' · ')),
      positions: drawn.map((_, index) => index),
      series: coloured(choice.series.map((name) => ({ name, column: name, scale: scale(name), unit: '', isBefore: false, isSmall: false, values: drawn.map((row) => number(row[column(name)])) })), colours),
      lines: choice.series.length,
      isSplit: false,
      isBeside: false,
      isCut: rows.hasMore,
      hasAll: !rows.hasMore,
    };
  }

  const texts = [...new Set(drawn.map((row) => row[x]!))];
  const axis = axisKind(texts, kindOf(table, choice.x) === 'number');
  // The rows came with the greatest x first.
  const placed = texts.reverse().map((text, index) => ({ text, position: axis === 'name' ? index : positionOf(text, axis) }));
  if (axis !== 'name') placed.sort((one, other) => one.position - other.position);
  const places = new Map(placed.map(({ text }, index) => [text, index]));
  const byGroup = new Map<string, (string | null)[][]>();
  for (const row of drawn) {
    const of = byGroup.get(group(row));
    if (of) of.push(row);
    else byGroup.set(group(row), [row]);
  }
  // All columns of the groups whose first column goes highest, so that what is compared is of one kind.
  const first = column(choice.series[0] ?? '');
  const height = (name: string): number => Math.max(...byGroup.get(name)!.map((row) => number(row[first]) ?? Number.NEGATIVE_INFINITY));
  const columns = isBeside ? choice.series.slice(0, Math.max(1, Math.floor(mostLines / choice.days))) : choice.series;
  const most = Math.max(1, Math.floor(mostLines / columns.length));
  const groups = byGroup.size <= most ? [...byGroup.keys()] : [...byGroup.keys()].sort((one, other) => height(other) - height(one)).slice(0, most);
  // The newest day first.
  groups.sort((one, other) => (one < other === isBeside ? 1 : -1));
  const newest = isBeside ? [...byGroup.values()].reduce((day, [row]) => (named(row![by]) > day ? named(row![by]) : day), '') : '';
  const series = columns.flatMap((name) => {
    const digits = scale(name);
    return groups.map((of) => {
      const values = new Array<number | null>(placed.length).fill(null);
      for (const row of byGroup.get(of)!) values[places.get(row[x]!)!] = number(row[column(name)]);
      return { name: of === '' ? name : `${name} · ${of}`, column: name, scale: digits, unit: '', isBefore: isBeside && named(byGroup.get(of)![0]![by]) < newest, isSmall: false, values };
    });
  });
  return {
    kind: 'line',
    axis,
    x: placed.map(({ text }) => text),
    positions: placed.map(({ position }) => position),
    series: coloured(series, colours),
    lines: byGroup.size * columns.length,
    isSplit: others.length > 0,
    isBeside,
    isCut: rows.hasMore,
    hasAll: !rows.hasMore,
  };
}

/** A key's value as a name: what is empty shows, too. */
function named(value: string | null | undefined): string {
  return value === '' ? "''" : (value ?? 'NULL');
}

function coloured<T extends { name: string }>(series: T[], known: Map<string, number>): (T & { colour: number })[] {
  const names = new Set(series.map(({ name }) => name));
  for (const name of known.keys()) if (!names.has(name)) known.delete(name);
  return series.map((one) => {
    if (!known.has(one.name)) {
      const taken = new Set(known.values());
      let free = 0;
      while (taken.has(free)) free++;
      known.set(one.name, free);
    }
    return { ...one, colour: known.get(one.name)! };
  });
}

/** The suggested chart, with what the reader picked instead; what the table does not have is left out. */
export function choose(table: Table, picks: Picks): Choice {
  const has = (name: string | null | undefined): name is string => table.columns.some((column) => column.name === name);
  const numbers = table.columns.filter((column) => column.kind === 'number' && !column.isKey).map((column) => column.name);
  const chart = table.chart;
  const by = picks.by === undefined ? (chart?.day ?? null) : has(picks.by) ? picks.by : null;
  const x = has(picks.x) ? picks.x : (chart?.x ?? table.columns.find((column) => column.isKey)?.name ?? table.columns[0]?.name ?? null);
  const series = picks.series?.filter(has) ?? chart?.series ?? numbers.slice(0, 1);
  const kind = picks.kind ?? chart?.kind ?? 'table';
  const measure = measuresOf[kind].find((one) => one === picks.measure) ?? 'value';
  return { kind, by, x, series, measure, isLog: picks.scale === 'log', days: kind === 'line' && by !== null ? (picks.days ?? 1) : 1 };
}

export function kindOf(table: Table, name: string | null): Column['kind'] | undefined {
  return table.columns.find((column) => column.name === name)?.kind;
}
