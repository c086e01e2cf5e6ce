import { Api, ApiError, type Jobs, type Status, type Table } from './api';
import { type Connection, follow } from './live';
import { type Place, basePath, readPlace, takeKey, writePlace } from './place';
import { Store } from './store';

export interface Hosted extends Jobs {
  tables: Map<string, Table>;
}

export const hosted = new Store<Hosted | null>(null);
export const status = new Store<Status | null>(null);
export const connection = new Store<Connection>('connecting');
export const trouble = new Store<string | null>(null);
/** Whether a key is to be asked for, and whether one was refused. */
export const keyWanted = new Store<'no' | 'first' | 'again'>('no');
export const place = new Store<Place>({ view: 'overview' });
/** Of each job the records in a second, the last two minutes long. */
export const rates = new Store<ReadonlyMap<string, readonly number[]>>(new Map());

const keyName = 'serverless.key';
const sampleEvery = 2000;
const samples = 60;

export const api = new Api(basePath(location.pathname), () => {
  // A key is taken back once: whoever asks after that has none.
  keyWanted.set(api.key === null && keyWanted.value !== 'again' ? 'first' : 'again');
  keepKey(null);
});

let stop = new AbortController();

export function start(): void {
  const { key, rest } = takeKey(location.href);
  if (key !== null) {
    history.replaceState(null, '', rest);
    keepKey(key);
  } else {
    api.key = keptKey();
  }
  place.set(readPlace(location.hash));
  addEventListener('hashchange', () => {
    const given = takeKey(location.href);
    if (given.key !== null) {
      history.replaceState(null, '', given.rest);
      useKey(given.key);
    }
    place.set(readPlace(location.hash));
  });
  setInterval(sample, sampleEvery);
  void run();
}

export function useKey(key: string): void {
  keepKey(key);
  keyWanted.set('no');
  stop.abort();
  stop = new AbortController();
  void run();
}

/** Goes to a place, as a step that the browser can take back. */
export function go(to: Place): void {
  history.pushState(null, '', writePlace(to));
  place.set(to);
}

/** Changes how a place is shown, which is no step. */
export function adjust(to: Place): void {
  history.replaceState(null, '', writePlace(to));
  place.set(to);
}

export function pollSeconds(): number {
  return hosted.value?.host === 'functions' ? 5 : 2;
}

async function run(): Promise<void> {
  const { signal } = stop;
  while (!signal.aborted) {
    try {
      await load(signal);
      break;
    } catch (error) {
      if (signal.aborted || keyWanted.value !== 'no') return;
      connection.set('lost');
      trouble.set(error instanceof ApiError && error.status !== 0 ? error.message : null);
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  await follow(
    api,
    hosted.value?.live ?? false,
    pollSeconds() * 1000,
    {
      status: (value) => status.set(value),
      connection: (value, error) => {
        // Who answers again may be another, with other jobs; if not even this is answered, the next answer is waited for.
        if (connection.value === 'lost' && value !== 'lost') void load(signal).catch(() => undefined);
        connection.set(value);
        trouble.set(error && error.status !== 0 ? error.message : null);
        if (error?.status === 401) stop.abort();
      },
    },
    signal,
  );
}

async function load(signal: AbortSignal): Promise<void> {
  const [jobs, { tables }] = await Promise.all([api.get<Jobs>('api/jobs', signal), api.get<{ tables: Table[] }>('api/tables', signal)]);
  hosted.set({ ...jobs, tables: new Map(tables.map((table) => [table.id, table])) });
  trouble.set(null);
}

function sample(): void {
  if (!status.value || connection.value === 'lost') return;
  rates.set(
    new Map(status.value.jobs.filter((job) => job.recordsPerSecond !== null).map((job) => [job.job, [...(rates.value.get(job.job) ?? []), job.recordsPerSecond!].slice(-samples)])),
  );
}

function keepKey(key: string | null): void {
  api.key = key;
  try {
    if (key === null) sessionStorage.removeItem(keyName);
    else sessionStorage.setItem(keyName, key);
  } catch {
    // A browser without storage asks again when the page is loaded again.
  }
}

function keptKey(): string | null {
  try {
    return sessionStorage.getItem(keyName);
  } catch {
    return null;
  }
}
