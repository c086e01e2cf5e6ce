import type { ApiError, Table } from '../api';
import { useWords } from '../settings';

/** Why a table is not shown. */
export function Trouble({ table, error, name }: { table?: Table | undefined; error?: ApiError; name: string }) {
  const words = useWords();
  const reason = error ? (error.status === 0 ? words.unreachable : error.message) : (table?.reason ?? '');
  return (
    <p class="notice notice-wait" role={error ? 'status' : undefined}>
      {words.unreadable(name)} {reason}
    </p>
  );
}
