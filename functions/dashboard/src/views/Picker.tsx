import type { Table } from '../api';
import { measuresOf } from '../chart/measure';
import type { Choice } from '../chart/points';
import type { Kind, Picks } from '../place';
import { useWords } from '../settings';

interface Props {
  table: Table;
  choice: Choice;
  picks: Picks;
  change: (some: Partial<{ [Name in keyof Picks]: Picks[Name] | undefined }>) => void;
}

const kinds: Kind[] = ['line', 'bar', 'table'];

/** How the table is charted. */
export function Picker({ table, choice, picks, change }: Props) {
  const words = useWords();
  const numbers = table.columns.filter(({ kind }) => kind === 'number');
  const isPicked = picks.kind !== undefined || picks.x !== undefined || picks.by !== undefined || picks.series !== undefined || picks.measure !== undefined || picks.scale !== undefined || picks.days !== undefined;
  return (
    <>
      <label class="field">
        <span>{words.view}</span>
        <select data-testid="kind-select" value={choice.kind} onChange={(event) => change({ kind: event.currentTarget.value as Kind })}>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {words.kinds[kind]}
            </option>
          ))}
        </select>
      </label>
      {choice.kind !== 'table' && (
        <label class="field">
          <span>{words.x}</span>
          <select data-testid="x-select" value={choice.x ?? ''} onChange={(event) => change({ x: event.currentTarget.value })}>
            {table.columns.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        <span>{words.dayColumn}</span>
        <select data-testid="by-select" value={choice.by ?? ''} onChange={(event) => change({ by: event.currentTarget.value, day: undefined })}>
          <option value="">{words.allDays}</option>
          {table.columns
            .filter(({ kind }) => kind !== 'number' && kind !== 'bytes')
            .map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
        </select>
      </label>
      {choice.kind !== 'table' && numbers.length > 0 && (
        <fieldset class="field">
          <legend>{words.series}</legend>
          {numbers.map(({ name }) => {
            const at = choice.series.indexOf(name);
            return (
              <label key={name} class="check">
                <input
                  type="checkbox"
                  data-testid={`series-${name}`}
                  checked={at >= 0}
                  onChange={() => change({ series: at >= 0 ? choice.series.filter((one) => one !== name) : [...choice.series, name] })}
                />
                {name}
              </label>
            );
          })}
        </fieldset>
      )}
      {choice.kind !== 'table' && (
        <label class="field">
          <span>{words.measure}</span>
          <select
            data-testid="measure-select"
            value={choice.measure}
            onChange={(event) => change({ measure: measuresOf[choice.kind].find((one) => one === event.currentTarget.value && one !== 'value') })}
          >
            {measuresOf[choice.kind].map((one) => (
              <option key={one} value={one}>
                {words.measures[one]}
              </option>
            ))}
          </select>
        </label>
      )}
      {choice.kind === 'line' && choice.by !== null && (
        <label class="field">
          <span>{words.days}</span>
          <select data-testid="days-select" value={choice.days} onChange={(event) => change({ days: event.currentTarget.value === '1' ? undefined : Number(event.currentTarget.value) })}>
            {([1, 2, 7] as const).map((count) => (
              <option key={count} value={count}>
                {words.daysBeside[count]}
              </option>
            ))}
          </select>
        </label>
      )}
      {choice.kind !== 'table' && (
        <label class="check">
          <input type="checkbox" data-testid="log-scale" checked={choice.isLog} onChange={() => change({ scale: choice.isLog ? undefined : 'log' })} />
          {words.logScale}
        </label>
      )}
      {isPicked && (
        <button type="button" class="button" onClick={() => change({ kind: undefined, x: undefined, by: undefined, series: undefined, measure: undefined, scale: undefined, days: undefined })}>
          {words.reset}
        </button>
      )}
    </>
  );
}
