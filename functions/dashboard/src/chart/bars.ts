import type { Format } from '../format';
import { shown } from '../visible';
import { barLayout } from './barLayout';
import { type ChartOption } from './engine';
import { type Look, common, fontSize } from './look';
import { logPosition } from './measure';
import { sizeOf } from './ownAxis';
import type { Points } from './points';

const mostLetters = 200;
const mostDigits = 14;

/** The drawing of bars, the greatest on top. What is negative goes to the left, nothing is drawn of 0 and of NULL, and all are written out. */
export function barOption(points: Points, look: Look): ChartOption {
  const { colours, format } = look;
  const names = points.x.map((name) => shown(name, mostLetters));
  const labels = barLabels(points, format);
  const positions = positionsOf(points, look.isLog);
  const bars = points.series.flatMap(({ values }, at) => values.map((_, index) => ({ value: positions[at]![index]!, label: look.measure(labels[at]![index]!) })));
  const layout = barLayout(look.width, names.map(look.measure), bars);
  return {
    ...common(look, 'shadow'),
    grid: { left: layout.names + 8, right: layout.right, top: 0, bottom: 0, outerBoundsMode: 'none' },
    // The bars' own numbers say more than an axis.
    xAxis: { type: 'value', show: false, min: layout.least, max: layout.most },
    yAxis: {
      type: 'category',
      inverse: true,
      data: names,
      axisLine: { lineStyle: { color: colours.dim } },
      axisTick: { show: false },
      axisLabel: { color: colours.text, fontFamily: colours.font, fontSize, width: layout.names, overflow: 'truncate', ellipsis: '…', interval: 0 },
    },
    series: points.series.map(({ name, colour, scale, unit, values }, at) => ({
      type: 'bar',
      name: shown(name),
      data: values.map((value, index) => ({
        value: positions[at]![index]!,
        itemStyle: { color: value === null || value === 0 ? 'transparent' : value < 0 && points.series.length === 1 ? colours.bad : colours.series[colour % colours.series.length]! },
        label: { position: value !== null && value < 0 ? ('left' as const) : ('right' as const), color: value === null ? colours.dim : colours.text },
      })),
      tooltip: { valueFormatter: (_, index) => (values[index] === null || values[index] === undefined ? 'NULL' : `${format.number(values[index], scale)}${unit}`) },
      barMaxWidth: 16,
      barMinHeight: 2,
      color: colours.series[colour % colours.series.length]!,
      itemStyle: { borderRadius: 1.5 },
      label: { show: true, fontFamily: colours.font, fontSize: fontSize - 0.5, formatter: ({ dataIndex }) => labels[at]![dataIndex]! },
      emphasis: { disabled: true },
    })),
  };
}

/** How long the bars are: by powers of ten, or as the values are, the greatest of a much smaller column as long as the greatest of all. */
function positionsOf({ series }: Points, isLog: boolean): number[][] {
  if (isLog) {
    const position = logPosition(series.flatMap(({ values }) => values));
    return series.map(({ values }) => values.map((value) => position(value ?? 0)));
  }
  const greatest = sizeOf(series.flatMap(({ values }) => values));
  return series.map(({ values, isSmall }) => {
    const scale = isSmall ? greatest / sizeOf(values) : 1;
    return values.map((value) => (value ?? 0) * scale);
  });
}

/** What stands at the bars' ends: all digits where there is room for those of all bars. */
export function barLabels(points: Points, format: Format): string[][] {
  const full = points.series.map(({ values, scale, unit }) => values.map((value) => (value === null ? 'NULL' : `${format.number(value, scale)}${unit}`)));
  if (full.flat().every((text) => text.length <= mostDigits)) return full;
  return points.series.map(({ values }) => values.map((value) => (value === null ? 'NULL' : format.short(value))));
}
