import type { DataZoomComponentOption } from 'echarts/components';
import { shown } from '../visible';
import type { ChartOption } from './engine';
import { type Look, common } from './look';
import { axisText, positionText, ticks } from './moments';
import type { Points, Series } from './points';

const symbols = ['circle', 'rect', 'triangle', 'diamond'];
const pointsWithSymbols = 90;
const pointsWithZoom = 120;
const mostSteps = 10;
// About what the numbers at the left take.
const besideLines = 60;
const betweenMoments = 28;

/** The drawing of a line over time, numbers or names. */
export function lineOption(points: Points, look: Look): ChartOption {
  const { colours, format } = look;
  // A lone moment has no axis to lie on.
  const isName = points.axis === 'name' || points.x.length === 1;
  const tickText = points.axis === 'number' ? format.axis(points.positions) : axisText(points.positions, points.axis);
  const pointText = (position: number): string => points.x[points.positions.indexOf(position)] ?? positionText(position, points.axis);
  const hasZoom = !look.isSmall && points.x.length >= pointsWithZoom;
  // On a log scale what is small is seen.
  const hasOwn = !look.isLog && points.series.some(({ isSmall }) => isSmall);
  const below = (index: number): number => (points.series.length <= 3 ? points.series.length - 1 - index : 0);
  const label = { color: colours.dim, fontFamily: colours.font, fontSize: 11.5, hideOverlap: true };
  return {
    ...common(look, 'line'),
    useUTC: true,
    grid: { left: 4, right: 18, top: 10, bottom: hasZoom ? 56 : 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: {
      ...(isName
        ? { type: 'category', data: points.x.map((name) => shown(name)), boundaryGap: points.x.length === 1, axisLabel: label }
        : points.axis === 'number'
          ? { type: 'value', scale: true, axisLabel: { ...label, formatter: tickText } }
          : { type: 'time', minInterval: points.axis === 'date' ? 86_400_000 : points.positions.every((position) => position % 60_000 === 0) ? 60_000 : 1000, axisLabel: { ...label, formatter: tickText } }),
      axisLine: { lineStyle: { color: colours.border } },
      axisTick: { lineStyle: { color: colours.border } },
      splitLine: { show: false },
      axisPointer: { label: { formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? pointText(value) : String(value)) } },
    },
    yAxis: hasOwn ? [valueAxis(points.series.filter(({ isSmall }) => !isSmall), look), { ...valueAxis(points.series.filter(({ isSmall }) => isSmall), look), position: 'right', splitLine: { show: false } }] : valueAxis(points.series, look),
    series: points.series.map(({ name, colour, scale, unit, isBefore, isSmall, values }, index) => ({
      type: 'line',
      ...(hasOwn && isSmall ? { yAxisIndex: 1 } : {}),
      name: shown(name),
      data: dataOf(points, look.isLog ? values.map((value) => (value !== null && value > 0 ? value : null)) : values, isName),
      connectNulls: isName && points.isSplit,
      showSymbol: points.x.length <= pointsWithSymbols,
      symbol: symbols[colour % symbols.length]!,
      // Wider below, so that lines that lie on one another are all seen.
      symbolSize: 5 + 3 * below(index),
      lineStyle: { width: isBefore ? 1.25 : 1.75 + (points.isBeside ? 0 : 1.5 * below(index)), type: isBefore ? ('dashed' as const) : ('solid' as const) },
      color: colours.series[colour % colours.series.length]!,
      ...(points.series.length <= 2 && !points.isBeside && !look.isLog ? { areaStyle: { opacity: 0.07 } } : {}),
      tooltip: { valueFormatter: (value) => (typeof value === 'number' && Number.isFinite(value) ? `${format.number(value, scale)}${unit}` : '–') },
      emphasis: { disabled: true },
    })),
    ...(hasZoom ? { dataZoom: [zoom(look, tickText)] } : {}),
  };
}

/** The moments on the axis of what is shown, in percent of all; null where the axis is not of moments. */
export function momentsShown({ axis, x, positions }: Points, look: Look, [start, end]: [number, number]): number[] | null {
  if (axis === 'name' || axis === 'number' || x.length === 1) return null;
  const [least, greatest] = [Math.min(...positions), Math.max(...positions)];
  const at = (percent: number): number => least + ((greatest - least) * percent) / 100;
  const text = axisText(positions, axis)(least);
  return ticks(at(start), at(end), Math.max(1, Math.floor((look.width - besideLines) / (look.measure(text) + betweenMoments))), axis);
}

function dataOf(points: Points, values: (number | null)[], isName: boolean): (number | null)[] | [number, number][] {
  if (isName) return values;
  return points.isSplit ? pieces(points.positions, values) : values.map((value, at) => [points.positions[at]!, value ?? Number.NaN]);
}

/** A line's own points, which need not be those of others, in pieces where it pauses for much longer than it is wont to. */
function pieces(positions: number[], values: (number | null)[]): [number, number][] {
  const own = values.flatMap((value, at) => (value === null ? [] : [[positions[at]!, value] as [number, number]]));
  const steps = own.slice(1).map(([position], at) => position - own[at]![0]);
  const usual = steps.toSorted((one, other) => one - other)[Math.floor(steps.length / 2)] ?? 0;
  return own.flatMap((point, at) => (at > 0 && steps.length > 2 && steps[at - 1]! > mostSteps * usual ? [[own[at - 1]![0] + usual, Number.NaN] as [number, number], point] : [point]));
}

function valueAxis(series: readonly Series[], look: Look) {
  const { colours, format } = look;
  const values = series.flatMap((one) => one.values.filter((value) => value !== null));
  return {
    type: look.isLog ? ('log' as const) : ('value' as const),
    ...(values.every(Number.isInteger) ? { minInterval: 1 } : {}),
    splitNumber: look.isSmall ? 4 : 5,
    axisLabel: { color: colours.dim, fontFamily: colours.font, fontSize: 11.5, formatter: look.isLog ? (value: number) => format.power(value) : format.axis(values), hideOverlap: true },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colours.line } },
  };
}

/** A miniature of the lines below them, exactly as wide, with what is shown marked. */
function zoom({ colours }: Look, text: (position: number) => string): DataZoomComponentOption {
  return {
    type: 'slider',
    height: 28,
    bottom: 4,
    brushSelect: false,
    showDataShadow: true,
    showDetail: false,
    dataBackground: { lineStyle: { color: colours.dim, opacity: 0.6 }, areaStyle: { color: colours.dim, opacity: 0.15 } },
    selectedDataBackground: { lineStyle: { color: colours.series[0]! }, areaStyle: { color: colours.series[0]!, opacity: 0.15 } },
    borderColor: colours.border,
    backgroundColor: 'transparent',
    fillerColor: 'transparent',
    handleStyle: { color: colours.surface, borderColor: colours.dim },
    moveHandleStyle: { color: colours.dim, opacity: 0.4 },
    moveHandleSize: 4,
    textStyle: { color: colours.dim, fontFamily: colours.font, fontSize: 11 },
    labelFormatter: (value: number, label: string) => (label === '' || !Number.isNaN(Number(label)) ? text(value) : label),
  };
}
