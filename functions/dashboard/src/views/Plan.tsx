import type { Job } from '../api';
import { useWords } from '../settings';

export function Plan({ job }: { job: Job }) {
  const words = useWords();
  return (
    <details class="panel plan">
      <summary>
        {words.plan} <span class="quiet">{job.script}</span>
      </summary>
      <dl>
        {job.plan.map(({ label, text }, index) => (
          <div key={index}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
