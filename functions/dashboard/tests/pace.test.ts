import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pace } from '../src/pace';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('does what is asked while it works once more, and no sooner than the pace', async () => {
  const begun: number[] = [];
  const pace = new Pace(async () => {
    begun.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }, 500);
  const start = performance.now();
  pace.ask();
  for (let at = 0; at < 50; at++) {
    pace.ask();
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(5000);
  expect(begun.map((at) => at - start)).toEqual([0, 500]);
});

it('does nothing more once stopped', async () => {
  let count = 0;
  const pace = new Pace(async (signal) => {
    count++;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(signal.aborted).toBe(true);
  }, 500);
  pace.ask();
  pace.ask();
  pace.stop();
  pace.ask();
  await vi.advanceTimersByTimeAsync(5000);
  expect(count).toBe(1);
});
