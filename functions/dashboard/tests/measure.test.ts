import { describe, expect, it } from 'vitest';
import { logPosition, measured } from '../src/chart/measure';
import type { Points } from '../src/chart/points';

const points = (...values: (number | null)[]): Points => ({
  kind: 'line',
  axis: 'name',
  x: values.map(String),
  positions: values.map((_, at) => at),
  series: [{ name: 's', colour: 0, scale: 2, unit: '', isBefore: false, isSmall: false, column: 's', values }],
  lines: 1,
  isSplit: false,
  isBeside: false,
  hasAll: true,
  isCut: false,
});
const valuesOf = ({ series: [one] }: Points): (number | null)[] => one!.values;

describe('the difference', () => {
  it('is from the last value there was, and of a day that begins at nothing the first is all', () =>
    expect(valuesOf(measured(points(1.1, null, 3.3, 3.3, 2), 'difference', true))).toEqual([1.1, null, 2.2, 0, -1.3]));
  it('of the first is unknown where what was before is', () => expect(valuesOf(measured(points(5, 8), 'difference', false))).toEqual([null, 3]));
});

describe('a share', () => {
  it('is of all', () => {
    const shares = measured(points(60, 30, null, 10, 0), 'share', false);
    expect(valuesOf(shares)).toEqual([60, 30, null, 10, 0]);
    expect(shares.series[0]).toMatchObject({ unit: '%', scale: 1 });
  });
  it('adds up', () => expect(valuesOf(measured(points(6, 3, 1), 'cumulative', false))).toEqual([60, 90, 100]));
  it('of nothing is unknown', () => expect(valuesOf(measured(points(5, -5, 0), 'share', false))).toEqual([null, null, null]));
});

it('has a place for 0 and less on a scale of powers of ten', () => {
  const position = logPosition([100_000, 10, 0, -10, null]);
  expect(position(100_000)).toBeCloseTo(4, 3);
  expect(position(10)).toBeCloseTo(Math.log10(2), 9);
  expect(position(0)).toBe(0);
  expect(position(-10)).toBe(-position(10));
});
