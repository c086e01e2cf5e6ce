import { useEffect, useRef, useState } from 'preact/hooks';
import type { Rows, Table } from '../api';
import { type Choice, mostRows } from '../chart/points';
import { keysAndValuesFirst } from '../columns';
import { toCsv } from '../csv';
import { grouped, scaleOf } from '../digits';
import { download, fileName } from '../download';
import { rowsWith } from '../search';
import { useFormat, useWords } from '../settings';
import { shown, visible } from '../visible';
import { narrow, useMedia } from './useMedia';

export const rowsShown = 200;
const longText = 50;

interface Props {
  table: Table;
  rows: Rows;
  /** The day that they are of. */
  day: string | null;
  choice: Choice;
  /** The column that they are sorted by, with a minus for the greatest first. */
  order: string | undefined;
  limit: number;
  sort: (order: string) => void;
  more: (limit: number) => void;
}

/** The rows as the host sorted them, every value with all that it has. */
export function RowsTable({ table, rows, day, choice, order, limit, sort, more }: Props) {
  const words = useWords();
  const format = useFormat();
  const columns = rows.columns.map((name) => table.columns.find((column) => column.name === name));
  const keys = columns.flatMap((column, index) => (column?.isKey ? [index] : []));
  const keyOf = (row: (string | null)[], at: number): string => (keys.length === 0 ? String(at) : JSON.stringify(keys.map((index) => row[index])));
  const isNarrow = useMedia(narrow);
  const { first, rest } = isNarrow ? keysAndValuesFirst(table, choice, rows.columns) : { first: rows.columns, rest: [] };
  const arranged = [...first, ...rest].map((name) => rows.columns.indexOf(name));
  const classOf = (index: number): string => `${columns[index]?.kind === 'number' ? 'number' : ''}${rest.includes(rows.columns[index]!) ? ' rest' : ''}`;
  const scales = columns.map((column, index) => (column?.isKey ? undefined : scaleOf(column, rows.rows.map((row) => row[index]))));
  const [wanted, setWanted] = useState('');
  const found = rowsWith(wanted, rows.rows, scales);
  const all = format.count(rows.rows.length);
  const isSearching = wanted.trim() !== '';
  const count = isSearching ? words.foundRows(format.count(found.length), all, rows.hasMore) : rows.hasMore ? words.moreRows(all) : words.rowCount(all);
  const search = (text: string): void => {
    setWanted(text);
    // What is not here is not found.
    if (rows.hasMore && limit < mostRows && text.trim() !== '') more(mostRows);
  };
  const save = (): void => {
    const saved = rows.columns.map((name, index) => ({ name, isNumber: columns[index]?.kind === 'number' }));
    download(fileName('csv', table.name, day), new Blob([toCsv(saved, found)], { type: 'text/csv;charset=utf-8' }));
  };
  const before = useRef(new Map<string, (string | null)[]>());
  useEffect(() => {
    before.current = new Map(keys.length === 0 ? [] : rows.rows.map((row, at) => [keyOf(row, at), row]));
  }, [rows]);
  return (
    <section class="panel rows">
      <header>
        <h2 id="rows-title">{table.name}</h2>
        <p class="quiet note" role={isSearching ? 'status' : undefined} data-testid="rows-count">
          {count}
        </p>
        <div class="row-tools">
          <input type="search" data-testid="rows-search" aria-label={words.search} placeholder={words.search} value={wanted} onInput={(event) => search(event.currentTarget.value)} />
          <button type="button" class="button" data-testid="save-csv" title={words.saveRows} onClick={save}>
            CSV
          </button>
        </div>
      </header>
      <div class="scroll" tabIndex={0} role="region" aria-labelledby="rows-title">
        <table data-testid="rows-table" aria-labelledby="rows-title" class={isNarrow ? 'stacked' : undefined} style={{ '--first': first.length }}>
          <thead>
            <tr>
              {arranged.map((index) => {
                const name = rows.columns[index]!;
                const direction = order === name ? 'ascending' : order === `-${name}` ? 'descending' : undefined;
                const isNumber = columns[index]?.kind === 'number';
                const arrow = direction && (
                  <span class="arrow" aria-hidden="true">
                    {direction === 'ascending' ? '▲' : '▼'}
                  </span>
                );
                return (
                  <th key={name} scope="col" class={classOf(index)} aria-sort={direction}>
                    <button
                      type="button"
                      data-testid={`sort-${name}`}
                      title={`${words.sortBy(name)} (${columns[index]?.type ?? ''})`}
                      onClick={() => sort(direction === 'descending' ? name : direction === 'ascending' ? `-${name}` : isNumber ? `-${name}` : name)}
                    >
                      {isNumber && arrow}
                      {name}
                      {!isNumber && arrow}
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {found.map((row, at) => {
              const key = keyOf(row, at);
              const old = before.current.get(key);
              return (
                <tr key={key}>
                  {arranged.map((index) => {
                    const value = row[index] ?? null;
                    return (
                      <td
                        key={index}
                        role={index === arranged[0] && columns[index]?.isKey ? 'rowheader' : undefined}
                        data-label={rows.columns[index]}
                        title={value !== null && value.length > longText ? value : undefined}
                        class={`${classOf(index)}${old && old[index] !== value ? ' changed' : ''}`}
                      >
                        {value === null ? <span class="null">NULL</span> : value.trim() === '' ? <span class="null">{shown(value)}</span> : visible(grouped(value, scales[index]))}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {rows.hasMore && limit < mostRows && (
        <p class="note">
          <button type="button" class="button" onClick={() => more(mostRows)}>
            {words.showMore(format.count(mostRows))}
          </button>
        </p>
      )}
    </section>
  );
}
