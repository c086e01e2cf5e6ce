import { useWords } from '../settings';
import { visible } from '../visible';

/** The day that is shown. The days come with the newest first; picking the newest is following it. */
export function DayPicker({ days, day, isPinned, pick }: { days: string[]; day: string | null; isPinned: boolean; pick: (day: string | undefined) => void }) {
  const words = useWords();
  const all = day === null || days.includes(day) ? days : [...days, day].sort().reverse();
  const at = day === null ? -1 : all.indexOf(day);
  const step = (by: number): void => {
    const to = all[at + by];
    if (to !== undefined) pick(at + by === 0 ? undefined : to);
  };
  return (
    <div class="field" role="group" aria-label={words.day}>
      <button type="button" class="step" data-testid="day-previous" aria-label={words.previousDay} title={words.previousDay} aria-disabled={at < 0 || at >= all.length - 1} onClick={() => step(1)}>
        ‹
      </button>
      <select
        data-testid="day-select"
        aria-label={words.day}
        value={day ?? ''}
        title={isPinned ? words.pinned : words.following}
        onChange={(event) => pick(event.currentTarget.value === all[0] ? undefined : event.currentTarget.value)}
      >
        {all.map((value, index) => (
          <option key={value} value={value}>
            {index === 0 ? words.newest(visible(value)) : visible(value)}
          </option>
        ))}
      </select>
      <button type="button" class="step" data-testid="day-next" aria-label={words.nextDay} title={words.nextDay} aria-disabled={at <= 0} onClick={() => step(-1)}>
        ›
      </button>
    </div>
  );
}
