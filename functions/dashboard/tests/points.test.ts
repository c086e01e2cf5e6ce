import { describe, expect, it } from 'vitest';
import type { Column, Table } from '../src/api';
import { axisKind, positionOf, positionText } from '../src/chart/moments';
import { chartOrder, choose, daysUpTo, pointsOf } from '../src/chart/points';

const column = (name: string, kind: Column['kind'], isKey = false): Column => ({ name, type: '', kind, isKey });
const visits: Table = {
  id: 'visits',
  name: 'visits',
  connector: 'mysql',
  isReadable: true,
  reason: null,
  columns: [column('day', 'date', true), column('minute', 'text', true), column('app', 'text', true), column('pv', 'number'), column('uv', 'number')],
  chart: { kind: 'line', day: 'day', x: 'minute', series: ['pv'] },
};
const rows = (...values: (string | null)[][]) => ({ columns: visits.columns.map(({ name }) => name), rows: values, hasMore: false });

describe('an axis', () => {
  it.each([
    [['09:00', '23:59'], 'clock', '23:59', 86_340_000],
    [['09:00:00.500'], 'clock', '09:00:00.500', 32_400_500],
    [['2021-12-01', '2021-12-02'], 'date', '2021-12-02', Date.UTC(2021, 11, 2)],
    [['2021-12-01 19:11:00.500000'], 'moment', '2021-12-01 19:11:00.500000', Date.UTC(2021, 11, 1, 19, 11, 0, 500)],
  ] as const)('of %j is of kind %s', (texts, kind, text, position) => {
    expect(axisKind(texts, false)).toBe(kind);
    expect(positionOf(text, kind)).toBe(position);
  });

  it.each([[['09:00', 'later']], [['2021-12-01', '09:00']], [[]]])('of %j is of names', (texts) => expect(axisKind(texts, false)).toBe('name'));

  it('says moments in the words of its kind', () => {
    expect(positionText(86_340_000, 'clock')).toBe('23:59');
    expect(positionText(86_400_000, 'clock')).toBe('24:00');
    expect(positionText(Date.UTC(2021, 11, 2), 'moment')).toBe('2021-12-02');
    expect(positionText(Date.UTC(2021, 11, 2, 8, 5, 7), 'moment')).toBe('08:05:07');
  });
});

describe('a line', () => {
  const choice = choose(visits, {});

  it('asks for the latest rows', () => expect(chartOrder(choice)).toEqual({ order: '-minute', limit: 2000 }));

  it('has a line per group, from the earliest to the latest', () => {
    const points = pointsOf(visits, choice, rows(['2021-12-01', '19:12', 'a', '3', '1'], ['2021-12-01', '9:30', 'a', '1', '1'], ['2021-12-01', '9:30', 'b', null, '1'], ['2021-12-01', null, 'b', '9', '1']));
    expect(points).toMatchObject({ axis: 'clock', x: ['9:30', '19:12'], isSplit: true });
    expect(points.series).toEqual([
      { name: 'pv · a', colour: 0, scale: 0, unit: '', isBefore: false, isSmall: false, column: 'pv', values: [1, 3] },
      { name: 'pv · b', colour: 1, scale: 0, unit: '', isBefore: false, isSmall: false, column: 'pv', values: [null, null] },
    ]);
  });

  it('draws the greatest lines of many', () => {
    const points = pointsOf(visits, choice, rows(...Array.from({ length: 20 }, (_, at) => ['2021-12-01', '10:00', `app${at}`, String(at), '0'])));
    expect(points.lines).toBe(20);
    expect(points.series.map(({ values }) => values[0])).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
  });

  it('draws all columns of the groups whose first column goes highest', () => {
    const both = { ...choice, series: ['pv', 'uv'] };
    const points = pointsOf(visits, both, rows(...Array.from({ length: 5 }, (_, at) => ['2021-12-01', '10:00', `app${at}`, String(at), String(1000 - at)])));
    expect(points.lines).toBe(10);
    expect(points.series.map(({ name }) => name)).toEqual(['app1', 'app2', 'app3', 'app4'].flatMap((app) => [`pv · ${app}`]).concat(['uv · app1', 'uv · app2', 'uv · app3', 'uv · app4']));
  });

  it('keeps the colour of a group while others come and go', () => {
    const colours = new Map<string, number>();
    const colourOf = (...apps: string[]): Record<string, number> =>
      Object.fromEntries(pointsOf(visits, choice, rows(...apps.map((app) => ['2021-12-01', '10:00', app, '1', '1'])), colours).series.map(({ name, colour }) => [name.slice('pv · '.length), colour]));
    expect(colourOf('b', 'c')).toEqual({ b: 0, c: 1 });
    expect(colourOf('a', 'b', 'c')).toEqual({ a: 2, b: 0, c: 1 });
    expect(colourOf('a', 'c', 'd')).toEqual({ a: 2, c: 1, d: 0 });
  });

  it('shows a key that is empty', () => {
    expect(pointsOf(visits, choice, rows(['2021-12-01', '10:00', '', '1', '1'])).series[0]!.name).toBe("pv · ''");
  });
});

describe('bars', () => {
  const choice = choose(visits, { kind: 'bar', x: 'app' });

  it('ask for the greatest', () => expect(chartOrder(choice)).toEqual({ order: '-pv', limit: 30 }));

  it('are named by all of the key that is not fixed, in the order of the rows', () => {
    const points = pointsOf(visits, choice, rows(['2021-12-01', '10:00', 'b', '12345678901.5', '0'], ['2021-12-01', '09:00', 'a', '1', '0']));
    expect(points.x).toEqual(['b · 10:00', 'a · 09:00']);
    expect(points.series).toEqual([{ name: 'pv', colour: 0, scale: 1, unit: '', isBefore: false, isSmall: false, column: 'pv', values: [12345678901.5, 1] }]);
  });
});

describe('bars of shares', () => {
  const choice = choose(visits, { kind: 'bar', x: 'app', by: 'day', measure: 'cumulative' });

  it('ask for all rows, and are the greatest', () => {
    expect(chartOrder(choice)).toEqual({ order: '-pv', limit: 2000 });
    const points = pointsOf(visits, choice, rows(...Array.from({ length: 200 }, (_, at) => ['2021-12-01', '10:00', `app${at}`, '5', '0'])));
    expect([points.x.length, points.isCut, points.hasAll]).toEqual([30, true, true]);
    expect(points.series[0]!.values.slice(0, 2)).toEqual([0.5, 1]);
  });
});

describe('a column that is much smaller than another', () => {
  const smallOf = (...values: (string | null)[][]): boolean[] => pointsOf(visits, choose(visits, { kind: 'bar', x: 'app', series: ['pv', 'uv'] }), rows(...values)).series.map(({ isSmall }) => isSmall);

  it('has a scale of its own', () => expect(smallOf(['2021-12-01', '10:00', 'a', '-2100', '3'], ['2021-12-01', '10:00', 'b', null, '100'])).toEqual([false, true]));
  it('has none where it is seen', () => expect(smallOf(['2021-12-01', '10:00', 'a', '2000', '100'])).toEqual([false, false]));
  it('has none where it is nothing', () => expect(smallOf(['2021-12-01', '10:00', 'a', '2000', '0'])).toEqual([false, false]));
});

describe('days that lie on one another', () => {
  const table = { ...visits, columns: visits.columns.filter(({ name }) => name !== 'app') };
  const twoDays = { columns: ['day', 'minute', 'pv', 'uv'], rows: [['2021-12-02', '09:30', '3', '1'], ['2021-12-02', '09:10', '1', '1'], ['2021-12-01', '09:20', '8', '1'], ['2021-12-01', '09:10', '5', '1']], hasMore: false };

  it('have a line each, the newest first', () => {
    const points = pointsOf(table, choose(table, { days: 2, series: ['pv'] }), twoDays);
    expect(points.x).toEqual(['09:10', '09:20', '09:30']);
    expect(points.series.map(({ name, isBefore, values }) => [name, isBefore, values])).toEqual([
      ['pv · 2021-12-02', false, [1, null, 3]],
      ['pv · 2021-12-01', true, [5, 8, null]],
    ]);
  });

  it('grow by their own differences', () => {
    const points = pointsOf(table, choose(table, { days: 2, series: ['pv'], measure: 'difference' }), twoDays);
    expect(points.series.map(({ values }) => values)).toEqual([
      [1, null, 2],
      [5, 3, null],
    ]);
  });

  it('are the days up to the one that is shown', () => {
    const days = ['2021-12-04', '2021-12-02', '2021-12-01'];
    expect(daysUpTo(days, '2021-12-02', 2)).toEqual(['2021-12-02', '2021-12-01']);
    expect(daysUpTo(days, '2021-12-01', 7)).toEqual(['2021-12-01']);
    expect(daysUpTo(days, '2021-12-03', 2)).toEqual(['2021-12-03']);
  });

  it('have room for as many columns as there are colours', () => {
    expect(pointsOf(table, choose(table, { days: 7, series: ['pv', 'uv'] }), twoDays).series.map(({ name }) => name)).toEqual(['pv · 2021-12-02', 'pv · 2021-12-01']);
  });
});

describe('what is picked', () => {
  it('is a measure of its kind of chart', () => {
    expect(choose(visits, { measure: 'share' }).measure).toBe('value');
    expect(choose(visits, { measure: 'difference' }).measure).toBe('difference');
  });

  it('leaves out what the table does not have', () =>
    expect(choose(visits, { by: 'nowhere', x: 'nowhere', series: ['uv', 'nowhere'] })).toEqual({ kind: 'line', by: null, x: 'minute', series: ['uv'], measure: 'value', isLog: false, days: 1 }));

  it('is a table where nothing can be drawn', () => expect(chartOrder(choose({ ...visits, chart: null }, {}))).toBeNull());
});
