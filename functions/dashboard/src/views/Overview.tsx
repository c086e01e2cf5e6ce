import { useId } from 'preact/hooks';
import type { Job, Table } from '../api';
import { ChartView } from '../chart/ChartView';
import { choose, firstBars, mostRows } from '../chart/points';
import { writePlace } from '../place';
import type { Hosted } from '../session';
import { useFormat, useWords } from '../settings';
import { shown } from '../visible';
import { Empty } from './Empty';
import { Figures } from './Figures';
import { Trouble } from './Trouble';
import { useMedia } from './useMedia';
import { useTable } from './useTable';

// As many as fit on a card, which is as high as the window lets it.
const barsOnACard = { low: 8, high: 14 };

export function Overview({ host }: { host: Hosted }) {
  const words = useWords();
  return (
    <>
      <h1 class="hidden">{words.overview}</h1>
      {host.jobs.length === 0 && <p class="notice">{words.noJobs}</p>}
      <div class="cards">
        {host.jobs.map((job) => (
          <Card key={job.name} job={job} table={host.tables.get(job.table)} />
        ))}
      </div>
    </>
  );
}

function Card({ job, table }: { job: Job; table: Table | undefined }) {
  const id = useId();
  return (
    <article class="panel card" data-testid={`job-card-${job.name}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>
          <a href={writePlace({ view: 'job', job: job.name, picks: {} })}>{job.name}</a>
        </h2>
        <p class="way">
          <span>{job.source.topic ?? job.source.name}</span> → <span>{job.sink.name}</span>
        </p>
      </header>
      {table?.isReadable ? <CardChart job={job} table={table} /> : <Trouble table={table} name={job.sink.name} />}
    </article>
  );
}

function CardChart({ job, table }: { job: Job; table: Table }) {
  const words = useWords();
  const format = useFormat();
  const most = useMedia('(min-height: 1200px)') ? barsOnACard.high : barsOnACard.low;
  const choice = choose(table, {});
  const reading = useTable(table, { choice, day: undefined, rows: choice.kind === 'table' ? { order: undefined, limit: 1 } : undefined });
  if (reading === null) return <div class="card-body quiet late">{words.loading}</div>;
  if (reading.error && reading.points === null) return <Trouble error={reading.error} name={table.name} />;
  if (choice.kind === 'table') {
    return reading.rows?.rows.length === 0 ? <Empty job={job} /> : <p class="card-body quiet">{words.noNumbers}</p>;
  }
  const points = reading.points;
  if (points === null || points.x.length === 0) return <Empty job={job} />;
  const some = points.kind === 'bar' ? firstBars(points, most) : points;
  return (
    <div class="card-body">
      {reading.day !== null && <p class="card-day">{shown(reading.day, 24)}</p>}
      <Figures points={points} />
      {reading.error && <Trouble error={reading.error} name={table.name} />}
      <ChartView points={some} title={words.chartOf(job.name, reading.day)} isSmall />
      {points.kind === 'line' && points.isCut && <p class="quiet note">{words.latestPoints(format.count(mostRows))}</p>}
      {points.kind === 'line' && points.lines > points.series.length && <p class="quiet note">{words.topLines(points.series.length, points.lines)}</p>}
      {points.kind === 'bar' && some.isCut && <p class="quiet note">{words.topBars(some.x.length, choice.series[0] ?? '')}</p>}
    </div>
  );
}
