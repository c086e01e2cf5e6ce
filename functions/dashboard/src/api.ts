export interface Job {
  name: string;
  script: string;
  table: string;
  source: { name: string; connector: string; topic: string | null; brokers: string | null };
  sink: { name: string; connector: string };
  plan: { label: string; text: string }[];
}

export interface Jobs {
  host: 'local' | 'functions';
  live: boolean;
  version: string;
  /** When the host began; null where that is not one moment. */
  startedAt: string | null;
  jobs: Job[];
}

export interface Column {
  name: string;
  type: string;
  kind: 'number' | 'text' | 'date' | 'time' | 'timestamp' | 'boolean' | 'bytes';
  isKey: boolean;
}

export interface Chart {
  kind: 'line' | 'bar';
  day: string | null;
  x: string;
  series: string[];
}

export interface Table {
  id: string;
  name: string;
  connector: string;
  isReadable: boolean;
  reason: string | null;
  columns: Column[];
  chart: Chart | null;
}

export interface Rows {
  columns: string[];
  rows: (string | null)[][];
  hasMore: boolean;
}

export interface Values {
  values: string[];
  hasMore: boolean;
}

export interface DeadLetter {
  reason: string;
  topic: string | null;
  partition: number | null;
  offset: number | null;
  row: string | null;
}

/** How a source or a sink is; `isUp` is null where that has not been tried. */
export interface Health {
  isUp: boolean | null;
  message: string | null;
  since: string | null;
}

export interface JobStatus {
  job: string;
  records: number | null;
  lastRead: string | null;
  recordsPerSecond: number | null;
  lag: number | null;
  partitions: { topic: string | null; partition: number; lag: number }[];
  skipped: number | null;
  duplicates: number | null;
  groups: number | null;
  rowsWritten: number | null;
  rowsWaiting: number | null;
  deadLetters: number | null;
  deadLetterPlace: string | null;
  lastDeadLetters: DeadLetter[];
  source: Health;
  sink: Health;
}

export interface Status {
  now: string;
  jobs: JobStatus[];
  /** Per table a number that differs when its rows do; null where the host cannot know. */
  tables: Record<string, number | null>;
}

/** A request that did not succeed. `status` is 0 where the host was not reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface RowsQuery {
  limit: number;
  /** A column, with a minus for the greatest first. */
  order?: string | undefined;
  filter?: { column: string; value: string } | undefined;
}

export function rowsPath(table: string, query: RowsQuery): string {
  const parameters = new URLSearchParams({ limit: String(query.limit) });
  if (query.order !== undefined) parameters.set('order', query.order);
  if (query.filter) parameters.set(`filter.${query.filter.column}`, query.filter.value);
  return `api/tables/${encodeURIComponent(table)}/rows?${parameters}`;
}

export function valuesPath(table: string, column: string, limit: number): string {
  return `api/tables/${encodeURIComponent(table)}/values/${encodeURIComponent(column)}?limit=${limit}`;
}

/** Asks the host that served the page. */
export class Api {
  key: string | null = null;

  constructor(
    readonly base: string,
    readonly onRefused: () => void,
  ) {}

  async get<T>(path: string, signal: AbortSignal): Promise<T> {
    const response = await this.open(path, signal);
    return (await response.json()) as T;
  }

  async open(path: string, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = this.key === null ? {} : { Authorization: `Bearer ${this.key}`, 'x-functions-key': this.key };
    let response: Response;
    try {
      response = await fetch(this.base + path, { headers, signal, cache: 'no-store' });
    } catch (error) {
      signal.throwIfAborted();
      throw new ApiError(0, error instanceof Error ? error.message : String(error));
    }
    if (response.ok) return response;
    if (response.status === 401) this.onRefused();
    throw new ApiError(response.status, await reasonOf(response));
  }
}

async function reasonOf(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const body = JSON.parse(text) as { error?: unknown };
    if (typeof body.error === 'string') return body.error;
  } catch {
    // A proxy's own answer is no JSON.
  }
  return `HTTP ${response.status}`;
}
