import { seriesColours } from '../chart/colours';
import type { Points } from '../chart/points';
import { useFormat, useWords } from '../settings';

/** The numbers to know before looking at the chart, which are its legend too. */
export function Figures({ points, kind }: { points: Points; kind: 'line' | 'bar' }) {
  const words = useWords();
  const format = useFormat();
  return (
    <dl class="figures">
      {points.series.map(({ name, values }, index) => {
        const at = kind === 'line' ? values.findLastIndex((value) => value !== null) : values.findIndex((value) => value !== null);
        const value = values[at];
        return (
          <div key={name}>
            <dt>
              <span class={`swatch swatch-${index % seriesColours}`} aria-hidden="true" />
              {name}
            </dt>
            <dd>
              <strong>{typeof value === 'number' ? format.number(value) : '–'}</strong>
              <span class="quiet">{at < 0 ? '' : kind === 'line' ? words.latest(points.x[at] ?? '') : `${words.greatest}, ${points.x[at] ?? ''}`}</span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
