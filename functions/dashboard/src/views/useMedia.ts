import { useEffect, useState } from 'preact/hooks';

/** A window with little room from side to side, as in the style sheet. */
export const narrow = '(max-width: 700px)';

/** Whether a media query holds, and a new rendering when that changes. */
export function useMedia(query: string): boolean {
  const [holds, setHolds] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const take = (): void => setHolds(list.matches);
    take();
    list.addEventListener('change', take);
    return () => list.removeEventListener('change', take);
  }, [query]);
  return holds;
}
