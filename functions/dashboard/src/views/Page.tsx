import { useEffect, useRef } from 'preact/hooks';
import { connection, hosted, keyWanted, place, trouble } from '../session';
import { useWords } from '../settings';
import { useStore } from '../store';
import { Footer } from './Footer';
import { Header } from './Header';
import { JobView } from './JobView';
import { KeyForm } from './KeyForm';
import { Overview } from './Overview';
import { StatusStrip } from './StatusStrip';

export function Page() {
  const words = useWords();
  const host = useStore(hosted);
  const wanted = useStore(keyWanted);
  const here = useStore(place);
  const isLost = useStore(connection) === 'lost';
  const reason = useStore(trouble);
  const main = useRef<HTMLElement>(null);
  const where = here.view === 'job' ? here.job : '';

  const before = useRef(where);
  useEffect(() => {
    if (before.current === where) return;
    before.current = where;
    // As if another page were loaded.
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [where]);

  useEffect(() => {
    document.title = where === '' ? 'Serverless' : `${where} · Serverless`;
  }, [where]);

  const job = host?.jobs.find(({ name }) => name === where);
  const skip = (event: Event): void => {
    // The address is the place: it is not to become #main.
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {words.skip}
      </a>
      <Header />
      {wanted === 'no' && host && <StatusStrip host={host} />}
      <main id="main" tabIndex={-1} ref={main}>
        {wanted !== 'no' ? (
          <KeyForm wasRefused={wanted === 'again'} />
        ) : (
          <>
            {isLost && <p class="notice notice-bad">{reason === null ? words.lost : words.failed(reason)}</p>}
            {!host ? (
              !isLost && <p class="quiet late">{words.loading}</p>
            ) : here.view === 'overview' ? (
              <Overview host={host} />
            ) : job ? (
              <JobView key={job.name} job={job} table={host.tables.get(job.table)} picks={here.picks} />
            ) : (
              <div class="notice">
                <h1>{words.noSuchJob(where)}</h1>
                <a href="#/">{words.overview}</a>
              </div>
            )}
          </>
        )}
      </main>
      <Footer />
    </>
  );
}
