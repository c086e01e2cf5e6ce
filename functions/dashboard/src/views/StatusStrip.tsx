import { useId, useState } from 'preact/hooks';
import type { Health, JobStatus } from '../api';
import { type Hosted, place, rates, status } from '../session';
import { useFormat, useWords } from '../settings';
import { useStore } from '../store';
import { writePlace } from '../place';
import { DeadLetters } from './DeadLetters';
import { Sparkline } from './Sparkline';

/** How each job is, on top of every view. */
export function StatusStrip({ host }: { host: Hosted }) {
  const words = useWords();
  const now = useStore(status);
  if (host.jobs.length === 0) return null;
  const heads: [string, string, string?][] = [
    [words.job, ''],
    [words.rate, words.rateMeaning, 'number'],
    [words.records, words.recordsMeaning, 'number'],
    [words.lag, words.lagMeaning, 'number'],
    [words.groups, words.groupsMeaning, 'number'],
    [words.rowsWritten, words.rowsWrittenMeaning, 'number'],
    [words.rowsWaiting, words.rowsWaitingMeaning, 'number'],
    [words.deadLetters, words.deadLettersMeaning, 'number'],
    [words.source, ''],
    [words.sink, ''],
  ];
  return (
    <section class="strip" aria-label={words.status}>
      <table class="status">
        <caption class="hidden">{words.status}</caption>
        <thead>
          <tr>
            {heads.map(([head, meaning, kind]) => (
              <th key={head} scope="col" class={kind} title={meaning}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        {host.jobs.map(({ name }) => (
          <JobRow key={name} name={name} job={now?.jobs.find((job) => job.job === name)} />
        ))}
      </table>
    </section>
  );
}

function JobRow({ name, job }: { name: string; job: JobStatus | undefined }) {
  const words = useWords();
  const format = useFormat();
  const here = useStore(place);
  const history = useStore(rates).get(name) ?? [];
  const [open, setOpen] = useState<'lag' | 'letters' | null>(null);
  const count = (value: number | null | undefined): string => format.count(value ?? null);
  const unknown = (value: number | null | undefined): string | undefined => (job && value === null ? words.unknown : undefined);
  const toggle = (what: 'lag' | 'letters'): void => setOpen(open === what ? null : what);
  // A host that shows letters may not know how many there are.
  const shown = job?.lastDeadLetters.length ?? 0;
  const letters = job && job.deadLetters === null && shown > 0 ? `${count(shown)}+` : count(job?.deadLetters);
  const partitions = job?.partitions ?? [];
  const id = useId();
  const notes = job ? [job.skipped ? words.skipped(count(job.skipped)) : '', job.duplicates ? words.duplicates(count(job.duplicates)) : ''].filter((note) => note !== '').join(', ') : '';
  return (
    <tbody data-testid={`status-${name}`}>
      <tr>
        <th scope="row">
          <a href={writePlace({ view: 'job', job: name, picks: {} })} aria-current={here.view === 'job' && here.job === name ? 'page' : undefined}>
            {name}
          </a>
        </th>
        <td class="number" data-label={words.rate} title={unknown(job?.recordsPerSecond)}>
          <span class="rate">
            <Sparkline values={history} />
            <span data-testid="rate">{format.rate(job?.recordsPerSecond ?? null)}</span>
          </span>
        </td>
        <td class="number" data-label={words.records} title={unknown(job?.records) ?? notes}>
          <span data-testid="records">{count(job?.records)}</span>
        </td>
        <td class="number" data-label={words.lag} title={unknown(job?.lag)}>
          {partitions.length === 0 ? (
            <span data-testid="lag">{count(job?.lag)}</span>
          ) : (
            <button type="button" class="open" aria-expanded={open === 'lag'} aria-controls={id} onClick={() => toggle('lag')}>
              <span class="hidden">{words.lag} </span>
              <span data-testid="lag">{count(job?.lag)}</span>
            </button>
          )}
        </td>
        <td class="number" data-label={words.groups} title={unknown(job?.groups)}>
          <span data-testid="groups">{count(job?.groups)}</span>
        </td>
        <td class="number" data-label={words.rowsWritten} title={unknown(job?.rowsWritten)}>
          <span data-testid="rows-written">{count(job?.rowsWritten)}</span>
        </td>
        <td class="number" data-label={words.rowsWaiting} title={unknown(job?.rowsWaiting)}>
          <span data-testid="rows-waiting">{count(job?.rowsWaiting)}</span>
        </td>
        <td class="number" data-label={words.deadLetters} title={unknown(job?.deadLetters)}>
          {!job?.deadLetters && shown === 0 ? (
            <span data-testid="dead-letters">{letters}</span>
          ) : (
            <button type="button" class="open bad" aria-expanded={open === 'letters'} aria-controls={id} onClick={() => toggle('letters')}>
              <span class="hidden">{words.deadLetters} </span>
              <span data-testid="dead-letters">{letters}</span>
            </button>
          )}
        </td>
        <td data-label={words.source}>
          <State of="source" health={job?.source} />
        </td>
        <td data-label={words.sink}>
          <State of="sink" health={job?.sink} />
        </td>
      </tr>
      {open !== null && job && (
        <tr class="more" id={id}>
          <td colSpan={10}>
            {open === 'letters' ? (
              <DeadLetters job={job} />
            ) : (
              <dl class="partitions" aria-label={words.partitions(name)}>
                {partitions.map(({ topic, partition, lag }) => (
                  <div key={`${topic ?? ''} ${partition}`} data-testid={`lag-${partition}`}>
                    <dt>{words.partition(partition, topic)}</dt>
                    <dd>{format.count(lag)}</dd>
                  </div>
                ))}
              </dl>
            )}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function State({ of, health }: { of: 'source' | 'sink'; health: Health | undefined }) {
  const words = useWords();
  const format = useFormat();
  const state = health?.isUp === true ? 'up' : health?.isUp === false ? 'down' : 'untried';
  return (
    <span class={`state state-${state}`} data-testid={of} data-state={state}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {state === 'up' ? <path d="M2 6.5l2.8 2.8L10 3.5" /> : state === 'down' ? <path d="M2.5 2.5l7 7m0-7l-7 7" /> : <path d="M2.5 6h7" />}
      </svg>
      <span>
        {words.health[state]}
        {state === 'down' && health && (
          <>
            {health.since !== null && ` ${words.since(format.moment(health.since))}`}
            {health.message !== null && <span class="state-message">{health.message}</span>}
          </>
        )}
      </span>
    </span>
  );
}
