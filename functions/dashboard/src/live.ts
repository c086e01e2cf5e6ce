import { EventSourceParserStream } from 'eventsource-parser/stream';
import { type Api, ApiError, type Status } from './api';

export type Connection = 'connecting' | 'live' | 'polling' | 'lost';

export interface Follower {
  status(status: Status): void;
  connection(connection: Connection, error: ApiError | null): void;
}

const silence = 40_000;
const hiddenFor = 30_000;
// A browser opens six connections to a host, for all its pages together: so many are for events, the rest are for asking.
const mostStreams = 3;

/** Follows the jobs' status until stopped: by events where the host has them, else, and while they fail, by asking. */
export async function follow(api: Api, hasEvents: boolean, pollEvery: number, follower: Follower, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let nextStream = 0;
  while (!signal.aborted) {
    if (hasEvents && Date.now() >= nextStream) {
      if (await inTurn(() => stream(api, follower, signal))) {
        failures = 0;
        continue;
      }
      failures++;
      nextStream = Date.now() + Math.min(30_000, 1000 * 2 ** failures);
    }
    let wait = pollEvery;
    try {
      follower.status(await api.get<Status>('api/status', AbortSignal.any([signal, AbortSignal.timeout(10_000)])));
      follower.connection('polling', null);
    } catch (error) {
      if (signal.aborted) return;
      follower.connection('lost', error instanceof ApiError ? error : null);
      nextStream = 0;
      wait = Math.min(10_000, 500 * 2 ** Math.min(failures, 5));
      failures++;
    }
    await delay(wait, signal);
    await visible(signal);
  }
}

/** Does something unless as many pages of this browser do already; false then. Where a browser has no locks, it does it. */
async function inTurn(action: () => Promise<boolean>): Promise<boolean> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return action();
  for (let place = 0; place < mostStreams; place++) {
    const done = await locks.request(`events ${place}`, { ifAvailable: true }, (lock) => (lock ? action() : undefined));
    if (done !== undefined) return done;
  }
  return false;
}

/** Reads events until they end. Says whether they came for a while: then it is worth opening them again at once. */
async function stream(api: Api, follower: Follower, signal: AbortSignal): Promise<boolean> {
  const stop = new AbortController();
  let timer = setTimeout(() => stop.abort(), silence);
  let first = Number.POSITIVE_INFINITY;
  const lasted = (): boolean => !signal.aborted && performance.now() - first > 5000;
  // Pages that nobody looks at give their connection back.
  let hidden: ReturnType<typeof setTimeout> | undefined;
  const watch = (): void => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(() => stop.abort(), hiddenFor);
  };
  watch();
  document.addEventListener('visibilitychange', watch);
  try {
    const response = await api.open('api/events', AbortSignal.any([signal, stop.signal]));
    const heard = new TransformStream<string, string>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = setTimeout(() => stop.abort(), silence);
        controller.enqueue(chunk);
      },
    });
    const events = response.body!.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).pipeThrough(heard).pipeThrough(new EventSourceParserStream()).getReader();
    for (;;) {
      const { done, value } = await events.read();
      if (done) return lasted();
      if (value.event !== 'status') continue;
      follower.status(JSON.parse(value.data) as Status);
      follower.connection('live', null);
      first = Math.min(first, performance.now());
    }
  } catch {
    // Why it broke does not matter: asking for the status says whether the host is there.
    return lasted();
  } finally {
    clearTimeout(timer);
    clearTimeout(hidden);
    document.removeEventListener('visibilitychange', watch);
    stop.abort();
    await visible(signal);
  }
}

/** Waits until somebody looks at the page. */
function visible(signal: AbortSignal): Promise<void> {
  if (!document.hidden || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    signal.addEventListener('abort', done);
  });
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
