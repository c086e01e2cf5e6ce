import { expect, it } from 'vitest';
import { grouped, scaleOf } from '../src/digits';
import { Format } from '../src/format';

const column = (type: string) => ({ name: 'n', type, kind: 'number', isKey: false }) as const;

it.each([
  ['DECIMAL(18, 2)', ['1', '2.5'], 2],
  ['DECIMAL(38, 18)', ['1.500000000000000000', '2.250000000000000000'], 2],
  ['DOUBLE', ['33.8', '1', null, '2.125'], 3],
  ['BIGINT', ['1', '2'], 0],
  ['DOUBLE', ['NaN', '1E300'], undefined],
])('%s of %j has %j digits behind the point', (type, texts, scale) => expect(scaleOf(column(type), texts)).toBe(scale));

it.each([
  ['1234567.5', 2, '1,234,567.50'],
  ['-250000.25', 2, '-250,000.25'],
  ['123456789012345678901234567890', 0, '123,456,789,012,345,678,901,234,567,890'],
  ['999', 0, '999'],
  ['0.10', 1, '0.1'],
  ['1E300', 2, '1E300'],
  ['Infinity', 2, 'Infinity'],
  ['1234', undefined, '1234'],
])('%s with %j is %s', (text, scale, written) => expect(grouped(text, scale)).toBe(written));

it.each([
  [0, '0 sec'],
  [59_999, '59 sec'],
  [60_000, '1 min'],
  [3_725_000, '1 hr 2 min'],
  [2 * 86_400_000 + 3_600_000, '2 days 1 hr'],
  [-5, '0 sec'],
])('%d ms are %s', (milliseconds, text) => expect(new Format('en').duration(milliseconds)).toBe(text));
