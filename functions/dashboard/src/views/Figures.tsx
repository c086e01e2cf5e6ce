import { seriesColours } from '../chart/colours';
import type { Points } from '../chart/points';
import { useFormat, useWords } from '../settings';
import { shown } from '../visible';

/** The numbers to know before looking at the chart, which are its legend too. */
export function Figures({ points, isLog = false }: { points: Points; isLog?: boolean }) {
  const words = useWords();
  const format = useFormat();
  // Of an earlier day what was at the same time.
  const latest = points.series.find(({ isBefore }) => !isBefore)?.values.findLastIndex((value) => value !== null) ?? -1;
  return (
    <dl class="figures">
      {points.series.map(({ name, colour, scale, unit, isBefore, isSmall, values }, index) => {
        // Bars are sorted by the first column: the others' values of the same row stand beside its greatest.
        const at = points.kind === 'line' ? values.findLastIndex((value, index) => value !== null && (!isBefore || index <= latest)) : (points.series[0]?.values.findIndex((value) => value !== null) ?? -1);
        const value = values[at];
        const x = shown(points.x[at] ?? '');
        return (
          <div key={name}>
            <dt>
              <span class={`swatch swatch-${colour % seriesColours}`} aria-hidden="true" />
              {shown(name)}
              {isSmall && !isLog && <span class="own">{words.ownScale}</span>}
            </dt>
            <dd>
              <strong>{typeof value === 'number' ? `${format.number(value, scale)}${unit}` : '–'}</strong>
              <span class="quiet">{at < 0 ? '' : points.kind === 'line' ? words.latest(x) : index === 0 ? words.greatest(x) : x}</span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
