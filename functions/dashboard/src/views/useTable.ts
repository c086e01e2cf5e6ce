import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { ApiError, type Rows, type Table, type Values, rowsPath, valuesPath } from '../api';
import { type Choice, type Points, chartOrder, daysUpTo, pointsOf } from '../chart/points';
import { Pace } from '../pace';
import { api, connection, status } from '../session';
import { useStore } from '../store';

/** What a view has read of its table. */
export interface Reading {
  days: string[];
  day: string | null;
  points: Points | null;
  rows: Rows | null;
  error: ApiError | null;
  /** Whether this is of what was picked before. */
  isStale: boolean;
}

interface Wish {
  choice: Choice;
  /** The day; undefined for the newest. */
  day: string | undefined;
  /** The table of rows; undefined where only the chart is shown. */
  rows: { order: string | undefined; limit: number } | undefined;
}

const mostDays = 1000;
const pace = 500;
const daysKept = 30_000;

/** Reads what a view shows, and again when the table changes: a request at a time, at most twice a second. */
export function useTable(table: Table, wish: Wish): Reading | null {
  const [reading, setReading] = useState<Reading & { key: string } | null>(null);
  const days = useRef<{ by: string; values: string[]; read: number }>(null);
  const key = JSON.stringify([table.id, wish]);
  const isLost = useStore(connection) === 'lost';
  const now = useStore(status);
  const counter = now?.tables[table.id];
  // Of a host that cannot know of changes each answer may be one.
  const version = counter ?? now?.now;

  const reader = useMemo(
    () => {
      const colours = new Map<string, number>();
      return new Pace(async (signal) => {
        try {
          const { choice } = wish;
          const read = <T,>(path: string): Promise<T> => api.get<T>(path, AbortSignal.any([signal, AbortSignal.timeout(30_000)]));
          // Asked for where another day is picked, too: a day that is new belongs into the picker at once.
          const latest = choice.by === null ? undefined : await newest(choice.by, days, read, table.id);
          const day = choice.by === null ? undefined : (wish.day ?? latest);
          if (choice.by !== null && wish.rows !== undefined && (days.current?.by !== choice.by || Date.now() - days.current.read > daysKept)) {
            days.current = { by: choice.by, values: (await read<Values>(valuesPath(table.id, choice.by, mostDays))).values, read: Date.now() };
          }
          const filter = choice.by === null || day === undefined ? undefined : { column: choice.by, value: day };
          const isEmpty = choice.by !== null && filter === undefined;
          const none: Rows = { columns: table.columns.map((column) => column.name), rows: [], hasMore: false };
          const order = chartOrder(choice);
          const beside = choice.by !== null && day !== undefined ? daysUpTo(days.current?.values ?? [], day, choice.days) : [];
          const filters = choice.by === null || beside.length === 0 ? [undefined] : beside.map((value) => ({ column: choice.by!, value }));
          const drawn = order === null ? null : isEmpty ? none : together(await Promise.all(filters.map((one) => read<Rows>(rowsPath(table.id, { ...order, filter: one })))));
          const rows = wish.rows === undefined ? null : isEmpty ? none : await read<Rows>(rowsPath(table.id, { ...wish.rows, filter }));
          signal.throwIfAborted();
          setReading({
            key,
            days: choice.by === null ? [] : (days.current?.values ?? []),
            day: day ?? null,
            points: drawn === null ? null : pointsOf(table, choice, drawn, colours),
            rows,
            error: null,
            isStale: false,
          });
        } catch (error) {
          if (signal.aborted) return;
          const reason = error instanceof ApiError ? error : new ApiError(0, error instanceof Error ? error.message : String(error));
          setReading((before) => ({ ...(before ?? { days: [], day: null, points: null, rows: null }), key, error: reason, isStale: false }));
        }
      }, pace);
    },
    [key],
  );

  useEffect(() => {
    if (!isLost) reader.ask();
  }, [reader, version, isLost]);
  useEffect(() => () => reader.stop(), [reader]);

  // A table that could not be read is tried again, though nothing may change meanwhile.
  const failed = reading?.error ?? null;
  useEffect(() => {
    if (failed === null || failed.status === 401) return;
    const timer = setTimeout(() => reader.ask(), 5000);
    return () => clearTimeout(timer);
  }, [reader, failed]);

  return reading === null ? null : { ...reading, isStale: reading.key !== key };
}

async function newest(by: string, days: { current: { by: string; values: string[]; read: number } | null }, read: <T>(path: string) => Promise<T>, table: string): Promise<string | undefined> {
  const { values } = await read<Values>(valuesPath(table, by, 1));
  const day = values[0];
  if (day !== undefined && days.current?.by === by && !days.current.values.includes(day)) days.current = null;
  return day;
}

function together(all: Rows[]): Rows {
  return { columns: all[0]?.columns ?? [], rows: all.flatMap(({ rows }) => rows), hasMore: all.some(({ hasMore }) => hasMore) };
}
