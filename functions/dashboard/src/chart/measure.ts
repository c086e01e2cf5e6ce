import type { Kind } from '../place';
import type { Points } from './points';

/** What is drawn of a column: its values, how much they grew since the bucket before, or their share of all, alone or with all greater ones. */
export type Measure = 'value' | 'difference' | 'share' | 'cumulative';

export const measuresOf: Record<Kind, readonly Measure[]> = { line: ['value', 'difference'], bar: ['value', 'share', 'cumulative'], table: ['value'] };

/** What points come to by a measure. */
export function measured(points: Points, measure: Measure, isFromZero: boolean): Points {
  if (measure === 'value') return points;
  const series = points.series.map((one) => {
    if (measure === 'difference') return { ...one, values: differences(one.values, isFromZero) };
    return { ...one, scale: 1, unit: '%', values: shares(one.values, measure === 'cumulative') };
  });
  return { ...points, series };
}

/** By how much each value differs from the last before it; the first is all that there was, or unknown. */
function differences(values: readonly (number | null)[], isFromZero: boolean): (number | null)[] {
  let before = isFromZero ? 0 : null;
  return values.map((value) => {
    if (value === null) return null;
    const difference = before === null ? null : exact(value - before);
    before = value;
    return difference;
  });
}

/** Percentages of the sum; none where there is no sum to have a share of. */
function shares(values: readonly (number | null)[], isRunning: boolean): (number | null)[] {
  const all = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  let sum = 0;
  return values.map((value) => {
    if (value === null || all <= 0) return null;
    sum += value;
    return (100 * (isRunning ? sum : value)) / all;
  });
}

/** Without the digits that only the machine's arithmetic has. */
function exact(value: number): number {
  return Number(value.toPrecision(15));
}

/** Where a value lies on a scale of powers of ten that has 0 and less, too: the smallest of all that is not 0 decides where it begins. */
export function logPosition(values: readonly (number | null)[]): (value: number) => number {
  const sizes = values.flatMap((value) => (value === null || value === 0 ? [] : [Math.abs(value)]));
  const unit = sizes.length === 0 ? 1 : sizes.reduce((one, other) => Math.min(one, other));
  return (value) => Math.sign(value) * Math.log10(1 + Math.abs(value) / unit);
}
