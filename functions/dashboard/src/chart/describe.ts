import type { Format } from '../format';
import type { Words } from '../words/english';
import type { Points } from './points';

/** A chart in words, for who does not see it. */
export function describe(points: Points, title: string, words: Words, format: Format): string {
  const parts = [title];
  for (const { name, scale, unit, values } of points.series) {
    const numbers = values.filter((value) => value !== null);
    if (numbers.length === 0) continue;
    const text = (value: number): string => `${format.number(value, scale)}${unit}`;
    const least = text(Math.min(...numbers));
    const most = Math.max(...numbers);
    if (points.kind === 'bar') {
      parts.push(words.barSummary(name, format.count(numbers.length), text(most), points.x[values.indexOf(most)] ?? '', least));
    } else {
      const at = values.findLastIndex((value) => value !== null);
      parts.push(words.lineSummary(name, least, text(most), text(values[at]!), points.x[at] ?? ''));
    }
  }
  return `${parts.join('; ')}. ${words.tableBelow}`;
}
