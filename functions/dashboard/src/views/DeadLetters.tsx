import type { JobStatus } from '../api';
import { useWords } from '../settings';
import { visible } from '../visible';

export function DeadLetters({ job }: { job: JobStatus }) {
  const words = useWords();
  return (
    <div class="letters" data-testid="dead-letters-list">
      {job.lastDeadLetters.length === 0 ? (
        <p>{words.noDeadLetterShown}</p>
      ) : (
        <ul aria-label={words.lastDeadLetters(job.job)}>
          {job.lastDeadLetters.map((letter, index) => (
            <li key={index}>
              <code>{letter.topic === null ? `${words.row} ${visible(letter.row ?? '')}` : `${letter.topic}/${letter.partition ?? '?'}/${letter.offset ?? '?'}`}</code>
              <span>{visible(letter.reason)}</span>
            </li>
          ))}
        </ul>
      )}
      {job.deadLetterPlace !== null && <p class="quiet">{words.allDeadLetters(job.deadLetterPlace)}</p>}
    </div>
  );
}
