import type { Format } from '../format';
import { shown } from '../visible';
import type { Words } from '../words/english';
import type { Points } from './points';

/** A chart in words, for who does not see it. */
export function describe(points: Points, title: string, words: Words, format: Format, hasRows: boolean): string {
  const parts = [title];
  for (const { name, scale, unit, values } of points.series) {
    const numbers = values.filter((value) => value !== null);
    if (numbers.length === 0) continue;
    const text = (value: number): string => `${format.number(value, scale)}${unit}`;
    const least = text(Math.min(...numbers));
    const most = Math.max(...numbers);
    if (points.kind === 'bar') {
      parts.push(words.barSummary(shown(name), format.count(numbers.length), text(most), shown(points.x[values.indexOf(most)] ?? ''), least));
    } else {
      const at = values.findLastIndex((value) => value !== null);
      parts.push(words.lineSummary(shown(name), least, text(most), text(values[at]!), shown(points.x[at] ?? '')));
    }
  }
  return `${parts.join('; ')}.${hasRows ? ` ${words.tableBelow}` : ''}`;
}
