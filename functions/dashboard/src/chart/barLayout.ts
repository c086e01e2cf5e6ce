/** Where bars lie: how wide their names may be, and how much of the axis is left for the numbers at the bars' ends. */
export interface BarLayout {
  names: number;
  right: number;
  least: number;
  most: number;
}

const gap = 10;
// A browser measures to a fraction of a pixel, and cuts what is wider by one.
const spare = 2;
const mostOfWidth = 0.42;

/** Names have the room that they need, up to nearly half of the chart. */
export function barLayout(width: number, names: readonly number[], bars: readonly { value: number; label: number }[]): BarLayout {
  const room = Math.min(Math.ceil(Math.max(0, ...names)) + spare, Math.floor(width * mostOfWidth));
  const least = Math.min(0, ...bars.map(({ value }) => value));
  const most = Math.max(0, ...bars.map(({ value }) => value)) || (least === 0 ? 1 : 0);
  const right = gap + Math.max(0, ...bars.filter(({ value }) => value >= 0).map(({ label }) => label));
  const left = least === 0 ? 0 : gap + Math.max(...bars.filter(({ value }) => value < 0).map(({ label }) => label));
  // In the axis' own numbers: what is left of a bar's end is part of it.
  const drawn = Math.max(1, width - room - gap - right - left);
  return { names: room, right, least: least - ((most - least) * left) / drawn, most };
}
