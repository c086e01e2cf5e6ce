/** What the texts on an axis are: moments are placed where they belong, names one beside the other. */
export type AxisKind = 'clock' | 'date' | 'moment' | 'number' | 'name';

const clock = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?$/;
const date = /^(\d{4})-(\d{2})-(\d{2})$/;
const moment = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?$/;

/** The kind that all texts have in common. */
export function axisKind(texts: readonly string[], isNumber: boolean): AxisKind {
  if (texts.length === 0) return 'name';
  if (isNumber && texts.every((text) => Number.isFinite(Number(text)))) return 'number';
  if (texts.every((text) => clock.test(text))) return 'clock';
  if (texts.every((text) => date.test(text))) return 'date';
  if (texts.every((text) => moment.test(text))) return 'moment';
  return 'name';
}

/** Where a text lies on its axis: milliseconds of UTC, or the number. */
export function positionOf(text: string, kind: AxisKind): number {
  if (kind === 'clock') {
    const [, hour, minute, second, fraction] = clock.exec(text) ?? [];
    return (Number(hour) * 3600 + Number(minute) * 60 + Number(second ?? 0)) * 1000 + Number(`0.${fraction ?? 0}`) * 1000;
  }
  if (kind === 'date' || kind === 'moment') {
    const [, year, month, day, hour, minute, second, fraction] = (kind === 'date' ? date : moment).exec(text) ?? [];
    return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)) + Number(`0.${fraction ?? 0}`) * 1000;
  }
  return Number(text);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 4, 6, 12].map((count) => count * hour),
  ...[1, 2, 7, 14, 28, 56, 112, 364].map((count) => count * day),
];

/** The moments from one to another that are written on an axis: as far apart from each other, and no more than there is room for. */
export function ticks(from: number, to: number, most: number, kind: AxisKind): number[] {
  const step = steps.find((one) => (kind !== 'date' || one >= day) && (to - from) / one <= most) ?? Math.ceil((to - from) / most / day) * day;
  // Weeks are counted from the first day there is.
  const start = step > 2 * day ? from : Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - start) / step) + 1) }, (_, at) => start + at * step);
}

/** A position in words; the texts of rows are shown as they are, this is for what lies between them. */
export function positionText(position: number, kind: AxisKind): string {
  return axisText([position], kind)(position);
}

/** What writes the positions on an axis, all in one way: with seconds or without, with the day or without. */
export function axisText(positions: readonly number[], kind: AxisKind): (position: number) => string {
  if (kind === 'number' || kind === 'name') return String;
  const hasSeconds = positions.some((position) => position % 60_000 !== 0);
  const days = positions.map((position) => Math.floor(position / 86_400_000));
  const isOneYear = new Set(positions.map((position) => new Date(position).getUTCFullYear())).size === 1;
  const isOneDay = new Set(days).size === 1;
  const isWhole = positions.every((position) => position % 86_400_000 === 0);
  return (position) => {
    const iso = new Date(position).toISOString();
    const time = iso.slice(11, hasSeconds ? 19 : 16);
    if (kind === 'clock') return position >= 86_400_000 ? `24${time.slice(2)}` : time;
    if (kind === 'date' || isWhole) return iso.slice(0, 10);
    return isOneDay ? time : `${iso.slice(isOneYear ? 5 : 0, 10)} ${time}`;
  };
}
