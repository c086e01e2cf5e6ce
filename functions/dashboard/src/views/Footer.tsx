import { useEffect, useState } from 'preact/hooks';
import { api, hosted, place, status } from '../session';
import { useFormat, useWords } from '../settings';
import { useStore } from '../store';

/** Where the build put the licences of what it bundled. */
declare const LICENSES: string;

const tick = 15_000;

/** What runs, since when, when it last read something, and where the same is without the page. */
export function Footer() {
  const words = useWords();
  const format = useFormat();
  const host = useStore(hosted);
  const now = useStore(status);
  const here = useStore(place);
  const time = useTime();
  const last = (now?.jobs ?? [])
    .filter(({ job }) => here.view !== 'job' || job === here.job)
    .map(({ lastRead }) => lastRead ?? '')
    .reduce((one, other) => (Date.parse(other) > Date.parse(one) || one === '' ? other : one), '');
  return (
    <footer class="foot" data-testid="foot">
      {host && (
        <ul>
          <li>Serverless {host.version}</li>
          {host.startedAt !== null && (
            <li title={format.moment(host.startedAt)} data-testid="uptime">
              {words.uptime(format.duration(time - Date.parse(host.startedAt)))}
            </li>
          )}
          {last !== '' && <li data-testid="last-record">{words.lastRecord(format.moment(last))}</li>}
          <li>
            {words.asJson}
            <DataLink path="api/jobs" name={words.jobs} />
            {words.comma}
            <DataLink path="api/tables" name={words.tables} />
            {words.comma}
            <DataLink path="api/status" name={words.statusData} />
          </li>
          {host.host === 'local' && (
            <li>
              <DataLink path="metrics" name={words.metrics} />
            </li>
          )}
          <li>
            <a href={`${api.base}${LICENSES}`}>{words.licenses}</a>
          </li>
        </ul>
      )}
    </footer>
  );
}

/** A link to data; a browser that follows it sends no key, so where there is one the page reads them and shows what it got. */
function DataLink({ path, name }: { path: string; name: string }) {
  const open = (event: Event): void => {
    if (api.key === null) return;
    event.preventDefault();
    const shown = window.open('', '_blank');
    void api
      .open(path, AbortSignal.timeout(10_000))
      .then((response) => response.blob())
      .then((content) => {
        const address = URL.createObjectURL(new Blob([content], { type: 'text/plain;charset=utf-8' }));
        if (shown) shown.location = address;
      })
      .catch(() => shown?.close());
  };
  return (
    <a href={`${api.base}${path}`} onClick={open}>
      {name}
    </a>
  );
}

/** The time, every few seconds. */
function useTime(): number {
  const [time, setTime] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setTime(Date.now()), tick);
    return () => clearInterval(timer);
  }, []);
  return time;
}
