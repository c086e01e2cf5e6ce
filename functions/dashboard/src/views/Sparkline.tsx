const width = 60;
const height = 16;
const most = 60;

/** The way of a number, for a glance. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const top = Math.max(...values, 1);
  const points = values.map((value, index) => `${(((most - values.length + index) * width) / (most - 1)).toFixed(1)},${(height - 1 - (value * (height - 2)) / top).toFixed(1)}`);
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <polyline points={points.join(' ')} />
    </svg>
  );
}
