import { useState } from 'preact/hooks';
import type { Job, Table } from '../api';
import { ChartView } from '../chart/ChartView';
import { choose, mostBars, mostRows } from '../chart/points';
import { fileName } from '../download';
import type { Picks } from '../place';
import { adjust } from '../session';
import { useFormat, useWords } from '../settings';
import { DayPicker } from './DayPicker';
import { Empty } from './Empty';
import { Figures } from './Figures';
import { Picker } from './Picker';
import { Plan } from './Plan';
import { RowsTable, rowsShown } from './RowsTable';
import { Trouble } from './Trouble';
import { narrow, useMedia } from './useMedia';
import { useTable } from './useTable';

export function JobView({ job, table, picks }: { job: Job; table: Table | undefined; picks: Picks }) {
  return (
    <>
      <header class="job">
        <h1>{job.name}</h1>
        <p class="way">
          <span>
            {job.source.connector} {job.source.topic ?? job.source.name}
          </span>{' '}
          →{' '}
          <span>
            {job.sink.connector} {job.sink.name}
          </span>
        </p>
      </header>
      {table?.isReadable ? <TableView job={job} table={table} picks={picks} /> : <Trouble table={table} name={job.sink.name} />}
      <Plan job={job} />
    </>
  );
}

function TableView({ job, table, picks }: { job: Job; table: Table; picks: Picks }) {
  const words = useWords();
  const format = useFormat();
  const [limit, setLimit] = useState<number>(rowsShown);
  const choice = choose(table, picks);
  const names = new Set(table.columns.map(({ name }) => name));
  const picked = picks.order !== undefined && names.has(picks.order.replace(/^-/, '')) ? picks.order : undefined;
  const first = choice.series[0];
  const order = picked ?? (choice.kind === 'bar' && first !== undefined ? `-${first}` : choice.kind === 'line' && choice.x !== null ? `-${choice.x}` : undefined);
  const reading = useTable(table, { choice, day: picks.day, rows: { order, limit } });
  const change = (some: Partial<{ [Name in keyof Picks]: Picks[Name] | undefined }>): void => {
    const all = { ...picks, ...some };
    adjust({ view: 'job', job: job.name, picks: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Picks });
  };
  const isNarrow = useMedia(narrow);
  const picker = <Picker table={table} choice={choice} picks={picks} change={change} />;
  const points = reading?.points ?? null;
  const hasNone = reading?.rows?.rows.length === 0;
  const notes: string[] = [];
  if (points?.kind === 'bar' && points.isCut) notes.push(words.topBars(mostBars, first ?? ''));
  if (points?.kind === 'bar' && choice.measure !== 'value' && !points.hasAll) notes.push(words.sharesOfFirst(format.count(mostRows)));
  if (points?.kind === 'line' && choice.isLog && points.series.some(({ values }) => values.some((value) => value !== null && value <= 0))) notes.push(words.notOnLog);
  if (points?.kind === 'line' && points.isCut) notes.push(words.latestPoints(format.count(mostRows)));
  if (points?.kind === 'line' && points.lines > points.series.length) notes.push(words.topLines(points.series.length, points.lines));
  return (
    <>
      <section class="panel" aria-label={words.chart} aria-busy={reading === null || reading.isStale}>
        <div class="bar">
          {choice.by !== null && (
            <DayPicker days={reading?.days ?? []} day={reading?.day ?? null} isPinned={picks.day !== undefined} pick={(day) => change({ day })} />
          )}
          {isNarrow ? (
            <details class="options">
              <summary data-testid="options">{words.options}</summary>
              {picker}
            </details>
          ) : (
            picker
          )}
        </div>
        {reading?.error && <Trouble error={reading.error} name={table.name} />}
        {reading === null ? (
          <div class="chart quiet late">{words.loading}</div>
        ) : hasNone ? (
          <Empty job={job} day={picks.day} />
        ) : choice.kind === 'table' ? null : points === null || choice.series.length === 0 ? (
          <p class="empty">{table.columns.some(({ kind }) => kind === 'number') ? words.noSeries : words.noNumbers}</p>
        ) : points.x.length === 0 ? null : (
          <>
            <Figures points={points} isLog={choice.isLog} />
            <ChartView points={points} title={words.chartOf(`${job.name}: ${choice.series.join(', ')}${choice.measure === 'value' ? '' : `, ${words.measures[choice.measure]}`}`, reading.day)} isLog={choice.isLog} file={fileName('png', table.name, reading.day)} />
          </>
        )}
        {notes.map((note) => (
          <p key={note} class="quiet note">
            {note}
          </p>
        ))}
      </section>
      {reading?.rows && !hasNone && (
        <RowsTable table={table} rows={reading.rows} day={reading.day} choice={choice} order={order} limit={limit} sort={(column) => change({ order: column })} more={setLimit} />
      )}
    </>
  );
}
