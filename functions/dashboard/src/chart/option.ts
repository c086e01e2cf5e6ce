import type { DataZoomComponentOption } from 'echarts/components';
import type { Format } from '../format';
import type { Colours } from './colours';
import type { ChartOption } from './engine';
import { positionText } from './moments';
import { type Points, shown } from './points';

export interface Look {
  colours: Colours;
  format: Format;
  /** Whether there is little room: no zoom. */
  isSmall: boolean;
  isStill: boolean;
}

const symbols = ['circle', 'rect', 'triangle', 'diamond'];
const pointsWithSymbols = 90;
const pointsWithZoom = 120;
const mostSteps = 10;

/** The drawing of a line over time, numbers or names. */
export function lineOption(points: Points, look: Look): ChartOption {
  const { colours, format } = look;
  // A lone moment has no axis to lie on.
  const isName = points.axis === 'name' || points.x.length === 1;
  const axisText = (position: number): string => (points.axis === 'number' ? format.short(position) : positionText(position, points.axis));
  const pointText = (position: number): string => points.x[points.positions.indexOf(position)] ?? axisText(position);
  const hasZoom = !look.isSmall && points.x.length >= pointsWithZoom;
  const below = (index: number): number => (points.series.length <= 3 ? points.series.length - 1 - index : 0);
  const label = { color: colours.dim, fontFamily: colours.font, fontSize: 11.5, hideOverlap: true };
  return {
    ...common(look, 'line'),
    useUTC: true,
    grid: { left: 4, right: 18, top: 10, bottom: hasZoom ? 44 : 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      ...(isName
        ? { type: 'category', data: points.x.map(shown), boundaryGap: points.x.length === 1, axisLabel: label }
        : points.axis === 'number'
          ? { type: 'value', scale: true, axisLabel: { ...label, formatter: axisText } }
          : { type: 'time', minInterval: points.axis === 'date' ? 86_400_000 : points.positions.every((position) => position % 60_000 === 0) ? 60_000 : 1000, axisLabel: { ...label, formatter: axisText } }),
      axisLine: { lineStyle: { color: colours.border } },
      axisTick: { lineStyle: { color: colours.border } },
      splitLine: { show: false },
      axisPointer: { label: { formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? pointText(value) : String(value)) } },
    },
    yAxis: valueAxis(points, look),
    series: points.series.map(({ name, colour, values }, index) => ({
      type: 'line',
      name: shown(name),
      data: isName ? values : points.isSplit ? pieces(points.positions, values) : values.map((value, at) => [points.positions[at]!, value ?? Number.NaN]),
      connectNulls: isName && points.isSplit,
      showSymbol: points.x.length <= pointsWithSymbols,
      symbol: symbols[colour % symbols.length]!,
      // Wider below, so that lines that lie on one another are all seen.
      symbolSize: 5 + 3 * below(index),
      lineStyle: { width: 1.75 + 1.5 * below(index) },
      color: colours.series[colour % colours.series.length]!,
      ...(points.series.length <= 2 ? { areaStyle: { opacity: 0.07 } } : {}),
      emphasis: { disabled: true },
    })),
    ...(hasZoom ? { dataZoom: [zoom(look, axisText)] } : {}),
  };
}

/** The drawing of bars, the greatest on top. */
export function barOption(points: Points, look: Look): ChartOption {
  const { colours, format } = look;
  return {
    ...common(look, 'shadow'),
    grid: { left: 4, right: points.series.length === 1 ? 80 : 18, top: 0, bottom: points.series.length === 1 ? 0 : 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    // The bars' own numbers say more than an axis.
    xAxis: points.series.length === 1 ? { type: 'value', show: false, max: ({ max }) => Math.max(max, 0) } : valueAxis(points, look),
    yAxis: {
      type: 'category',
      inverse: true,
      data: points.x.map(shown),
      axisLine: { lineStyle: { color: colours.border } },
      axisTick: { show: false },
      axisLabel: { color: colours.text, fontFamily: colours.font, fontSize: 12, width: look.isSmall ? 96 : 150, overflow: 'truncate', ellipsis: '…', interval: 0 },
    },
    series: points.series.map(({ name, colour, values }) => ({
      type: 'bar',
      name: shown(name),
      data: values.map((value) => value ?? '-'),
      barMaxWidth: 16,
      barMinHeight: 1,
      color: colours.series[colour % colours.series.length]!,
      itemStyle: { borderRadius: 1.5 },
      label: { show: points.series.length === 1, position: 'right', color: colours.text, fontFamily: colours.font, fontSize: 11.5, formatter: ({ value }) => (typeof value === 'number' ? labelOf(value, format) : '') },
      emphasis: { disabled: true },
    })),
  };
}

/** A line's own points, which need not be those of others, in pieces where it pauses for much longer than it is wont to. */
function pieces(positions: number[], values: (number | null)[]): [number, number][] {
  const own = values.flatMap((value, at) => (value === null ? [] : [[positions[at]!, value] as [number, number]]));
  const steps = own.slice(1).map(([position], at) => position - own[at]![0]);
  const usual = steps.toSorted((one, other) => one - other)[Math.floor(steps.length / 2)] ?? 0;
  return own.flatMap((point, at) => (at > 0 && steps.length > 2 && steps[at - 1]! > mostSteps * usual ? [[own[at - 1]![0] + usual, Number.NaN] as [number, number], point] : [point]));
}

/** All digits where there is room for them. */
function labelOf(value: number, format: Format): string {
  const text = format.number(value);
  return text.length <= 11 ? text : format.short(value);
}

function common(look: Look, pointer: 'line' | 'shadow'): ChartOption {
  const { colours, format } = look;
  return {
    animation: !look.isStill,
    animationDuration: 0,
    animationDurationUpdate: 150,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: colours.font },
    tooltip: {
      trigger: 'axis',
      // As text on the canvas: nothing becomes HTML.
      renderMode: 'richText',
      confine: true,
      transitionDuration: 0,
      backgroundColor: colours.surface,
      borderColor: colours.border,
      borderWidth: 1,
      padding: [8, 10],
      textStyle: { color: colours.text, fontFamily: colours.font, fontSize: 12 },
      axisPointer: { type: pointer, lineStyle: { color: colours.dim, type: 'dashed' }, shadowStyle: { color: colours.dim, opacity: 0.1 } },
      valueFormatter: (value) => (typeof value === 'number' && Number.isFinite(value) ? format.number(value) : '–'),
    },
  };
}

function valueAxis(points: Points, look: Look) {
  const { colours, format } = look;
  const isWhole = points.series.every(({ values }) => values.every((value) => value === null || Number.isInteger(value)));
  return {
    type: 'value' as const,
    ...(isWhole ? { minInterval: 1 } : {}),
    splitNumber: look.isSmall ? 4 : 5,
    axisLabel: { color: colours.dim, fontFamily: colours.font, fontSize: 11.5, formatter: (value: number) => format.short(value), hideOverlap: true },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colours.line } },
  };
}

function zoom({ colours }: Look, text: (position: number) => string): DataZoomComponentOption {
  return {
    type: 'slider',
    height: 20,
    bottom: 4,
    left: 60,
    right: 60,
    brushSelect: false,
    showDataShadow: false,
    borderColor: colours.border,
    backgroundColor: 'transparent',
    fillerColor: colours.line,
    handleStyle: { color: colours.surface, borderColor: colours.dim },
    moveHandleStyle: { color: colours.dim, opacity: 0.4 },
    moveHandleSize: 4,
    textStyle: { color: colours.dim, fontFamily: colours.font, fontSize: 11 },
    labelFormatter: (value: number, label: string) => (label === '' || !Number.isNaN(Number(label)) ? text(value) : label),
  };
}
