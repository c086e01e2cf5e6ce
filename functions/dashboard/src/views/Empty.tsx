import type { Job } from '../api';
import { useWords } from '../settings';

/** Nothing yet, and what to do for there to be something. */
export function Empty({ job, day }: { job: Job; day?: string | null | undefined }) {
  const words = useWords();
  const { topic, brokers } = job.source;
  if (day) return <p class="empty">{words.noRowsOfDay(day)}</p>;
  return (
    <div class="empty">
      <p>
        {words.noRows} {topic !== null && words.sendRecords(topic)}
      </p>
      {topic !== null && (
        <code>
          serverless-sql produce {topic} FILE.jsonl <span>--brokers {brokers ?? 'HOST:PORT'}</span>
        </code>
      )}
    </div>
  );
}
