import type { Measure } from './chart/measure';

/** How a table is to be charted, as the address says; what it does not say is undefined. */
export interface Picks {
  day?: string;
  /** The day column; empty for none. */
  by?: string;
  kind?: Kind;
  x?: string;
  series?: string[];
  measure?: Measure;
  /** Powers of ten; else all steps are as wide. */
  scale?: 'log';
  /** How many days lie on one another. */
  days?: number;
  /** The column that the rows are sorted by, with a minus for the greatest first. */
  order?: string;
}

export type Kind = 'line' | 'bar' | 'table';

export type Place = { view: 'overview' } | { view: 'job'; job: string; picks: Picks };

/** The path that everything is relative to: the Functions app serves the page without a slash at its end. */
export function basePath(pathname: string): string {
  const path = pathname.replace(/\/index\.html$/, '/');
  return path.endsWith('/') ? path : `${path}/`;
}

/** Takes an access key out of an address: `#token=` or `?code=`. */
export function takeKey(address: string): { key: string | null; rest: string } {
  const url = new URL(address);
  let key: string | null = null;
  const code = url.searchParams.get('code');
  if (code !== null) {
    key = code;
    url.searchParams.delete('code');
  }
  const token = /^#token=([^&]*)&?(.*)$/.exec(url.hash);
  if (token) {
    key = decode(token[1] ?? '');
    url.hash = token[2] ?? '';
  }
  return { key: key === '' ? null : key, rest: url.pathname + url.search + url.hash };
}

export function readPlace(hash: string): Place {
  const match = /^#\/job\/([^?]+)(?:\?(.*))?$/.exec(hash);
  if (!match) return { view: 'overview' };
  const query = new URLSearchParams(match[2] ?? '');
  const picks: Picks = {};
  for (const name of ['day', 'by', 'x', 'order'] as const) {
    const value = query.get(name);
    if (value !== null) picks[name] = value;
  }
  const kind = query.get('kind');
  if (kind === 'line' || kind === 'bar' || kind === 'table') picks.kind = kind;
  const measure = query.get('measure');
  if (measure === 'difference' || measure === 'share' || measure === 'cumulative') picks.measure = measure;
  if (query.get('scale') === 'log') picks.scale = 'log';
  const days = Number(query.get('days'));
  if (days === 2 || days === 7) picks.days = days;
  if (query.has('series')) picks.series = query.getAll('series').filter((name) => name !== '');
  return { view: 'job', job: decode(match[1] ?? ''), picks };
}

export function writePlace(place: Place): string {
  if (place.view === 'overview') return '#/';
  const { series, ...others } = place.picks;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(others)) if (value !== undefined) query.set(name, String(value));
  if (series?.length === 0) query.set('series', '');
  for (const name of series ?? []) query.append('series', name);
  const text = query.toString();
  return `#/job/${encodeURIComponent(place.job)}${text === '' ? '' : `?${text}`}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
