import { describe, expect, it } from 'vitest';
import { barLayout } from '../src/chart/barLayout';
import { barLabels, barOption } from '../src/chart/bars';
import { lineOption, momentsShown } from '../src/chart/lines';
import type { Look } from '../src/chart/look';
import { axisText, ticks } from '../src/chart/moments';
import type { Points } from '../src/chart/points';
import { Format } from '../src/format';

const look: Look = {
  colours: { text: 'text', dim: 'dim', line: 'line', surface: 'surface', border: 'border', bad: 'bad', series: ['blue', 'orange'], font: 'sans' },
  format: new Format('en'),
  width: 1000,
  measure: (text) => text.length * 7,
  isSmall: false,
  isLog: false,
  isStill: true,
};
const points = (kind: 'line' | 'bar', x: string[], ...series: (number | null)[][]): Points => ({
  kind,
  axis: kind === 'bar' ? 'name' : 'clock',
  x,
  positions: x.map((_, at) => at * 60_000),
  series: series.map((values, at) => ({ name: `s${at}`, column: `s${at}`, colour: at, scale: undefined, unit: '', isBefore: false, isSmall: false, values })),
  lines: series.length,
  isSplit: false,
  isBeside: false,
  hasAll: true,
  isCut: false,
});

describe('ticks', () => {
  const of = (from: string, to: string, most: number): string[] => {
    const [least, greatest] = [Date.parse(`1970-01-01T${from}Z`), Date.parse(`1970-01-01T${to}Z`)];
    return ticks(least, greatest, most, 'clock').map(axisText([0], 'clock'));
  };

  it('are as far apart from each other, at round times', () => {
    expect(of('06:00:00', '20:59:00', 8)).toEqual(['06:00', '08:00', '10:00', '12:00', '14:00', '16:00', '18:00', '20:00']);
    expect(of('06:00:00', '20:59:00', 4)).toEqual(['08:00', '12:00', '16:00', '20:00']);
    expect(of('08:03:00', '08:50:00', 5)).toEqual(['08:10', '08:20', '08:30', '08:40', '08:50']);
  });

  it('of days are no part of a day', () => {
    const day = Date.parse('2026-05-01T00:00Z');
    expect(ticks(day, day + 2 * 86_400_000, 20, 'date')).toEqual([day, day + 86_400_000, day + 2 * 86_400_000]);
    expect(ticks(day, day + 30 * 86_400_000, 5, 'date').map(axisText([day], 'date'))).toEqual(['2026-05-01', '2026-05-08', '2026-05-15', '2026-05-22', '2026-05-29']);
    expect(ticks(day, day + 9000 * 86_400_000, 4, 'date')).toHaveLength(5);
  });

  it('are of what is shown', () => {
    const day = { ...points('line', ['00:00', '23:59'], [1, 2]), positions: [0, 1439 * 60_000] };
    expect(momentsShown(day, look, [0, 100])!.map(axisText([0], 'clock')).slice(0, 3)).toEqual(['00:00', '02:00', '04:00']);
    expect(momentsShown(day, look, [50, 51])!.map(axisText([0], 'clock')).slice(0, 3)).toEqual(['12:00', '12:02', '12:04']);
    expect(momentsShown({ ...day, axis: 'number' }, look, [0, 100])).toBeNull();
  });
});

describe('bars', () => {
  const option = barOption(points('bar', ['much', 'none', 'unknown', 'less'], [20, 0, null, -5]), look);
  const [series] = option.series as { data: { value: number; itemStyle: { color: string }; label: { position: string; color: string } }[] }[];

  it('of NULL, 0 and less differ', () => {
    expect(series!.data.map(({ value, itemStyle, label }) => [value, itemStyle.color, label.position, label.color])).toEqual([
      [20, 'blue', 'right', 'text'],
      [0, 'transparent', 'right', 'text'],
      [0, 'transparent', 'right', 'dim'],
      [-5, 'bad', 'left', 'text'],
    ]);
    expect(barLabels(points('bar', ['a', 'b', 'c', 'd'], [20, 0, null, -5]), look.format)).toEqual([['20', '0', 'NULL', '-5']]);
  });

  it('go by powers of ten where the reader wants it, and keep their numbers', () => {
    const { series } = barOption(points('bar', ['a', 'b', 'c', 'd'], [10_000, 1, 0, -1]), { ...look, isLog: true }) as { series: { data: { value: number }[] }[] };
    expect(series[0]!.data.map(({ value }) => Math.round(value * 10) / 10)).toEqual([4, 0.3, 0, -0.3]);
  });

  it('of a much smaller column have a scale of their own', () => {
    const two = points('bar', ['a', 'b'], [1000, 500], [2, 1]);
    const { series } = barOption({ ...two, series: two.series.map((one, at) => ({ ...one, isSmall: at === 1 })) }, look) as { series: { data: { value: number }[] }[] };
    expect(series.map(({ data }) => data.map(({ value }) => value))).toEqual([
      [1000, 500],
      [1000, 500],
    ]);
  });

  it('are all written in full, or all in short', () => {
    expect(barLabels(points('bar', ['a', 'b'], [9876543.25, 5]), look.format)).toEqual([['9,876,543.25', '5']]);
    expect(barLabels(points('bar', ['a', 'b'], [98765432109876, 5_000_000]), look.format)).toEqual([['98.77T', '5M']]);
  });

  it('have names as long as there is room', () => {
    const namesOf = (width: number): unknown => (barOption(points('bar', ['n'.repeat(60)], [1]), { ...look, width }).yAxis as { axisLabel: { width: number } }).axisLabel.width;
    expect(namesOf(1400)).toBe(60 * 7 + 2);
    expect(namesOf(300)).toBe(126);
  });

  it('leave room for the numbers on either side', () => {
    const { names, right, least, most } = barLayout(500, [98], [{ value: 100, label: 40 }, { value: -100, label: 40 }]);
    expect([names, right, most]).toEqual([100, 50, 100]);
    // 500 px without names, a gap, and 50 px for the numbers on each side.
    expect(((-100 - least) * 290) / 200).toBeCloseTo(50);
  });

  it('without a value at all have an axis', () => expect(barLayout(500, [10], [{ value: 0, label: 10 }])).toMatchObject({ least: 0, most: 1 }));
});

describe('an axis', () => {
  const hour = 3_600_000;
  const day = 24 * hour;
  it.each([
    ['clock', [0, 9 * hour, day], ['00:00', '09:00', '24:00']],
    ['clock', [0, 9 * hour + 500, 9 * hour], ['00:00:00', '09:00:00', '09:00:00']],
    ['date', [0, day], ['1970-01-01', '1970-01-02']],
    ['moment', [0, day], ['1970-01-01', '1970-01-02']],
    ['moment', [hour, 2 * hour], ['01:00', '02:00']],
    ['moment', [0, hour, day], ['01-01 00:00', '01-01 01:00', '01-02 00:00']],
    ['moment', [0, 366 * day + hour], ['1970-01-01 00:00', '1971-01-02 01:00']],
  ] as const)('of a %s has one kind of tick: %j', (kind, positions, texts) => expect(positions.map(axisText(positions, kind))).toEqual(texts));

  it.each([
    ['en', [0, 5000, 9000], ['0', '5,000', '9,000']],
    ['en', [0, 5000, 15_000], ['0', '5K', '15K']],
    ['en', [800_000, 1_200_000], ['0.8M', '1.2M']],
    ['en', [-2_000_000_000], ['-2B']],
    ['zh-CN', [0, 5000, 15_000], ['0', '0.5万', '1.5万']],
    ['zh-CN', [200_000_000], ['2亿']],
  ])('of numbers has one unit (%s): %j', (language, values, texts) => expect(values.map(new Format(language).axis(values))).toEqual(texts));

  it('is on the right for a column that is much smaller', () => {
    const two = points('line', ['00:00', '00:01'], [1000, 500], [2, 1]);
    const small = { ...two, series: two.series.map((one, at) => ({ ...one, isSmall: at === 1 })) };
    const { yAxis, series } = lineOption(small, look) as { yAxis: { position?: string }[]; series: { yAxisIndex?: number }[] };
    expect([yAxis.map(({ position }) => position), series.map(({ yAxisIndex }) => yAxisIndex)]).toEqual([
      [undefined, 'right'],
      [undefined, 1],
    ]);
    expect(lineOption(small, { ...look, isLog: true }).yAxis).toMatchObject({ type: 'log' });
  });

  it('has its miniature right below it', () => {
    const many = Array.from({ length: 200 }, (_, at) => at);
    const { dataZoom } = lineOption(points('line', many.map((at) => `${at}`), many), look) as { dataZoom: { left?: number; right?: number; showDataShadow: boolean }[] };
    expect(dataZoom).toMatchObject([{ showDataShadow: true }]);
    // Where nothing is said of its sides it is as wide as the axis.
    expect([dataZoom[0]!.left, dataZoom[0]!.right]).toEqual([undefined, undefined]);
  });
});
