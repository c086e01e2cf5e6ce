import { expect, it } from 'vitest';
import { toCsv } from '../src/csv';
import { fileName } from '../src/download';
import { rowsWith } from '../src/search';

it('writes CSV in which commas, quotes, breaks, NULL and nothing are told apart', () =>
  expect(
    toCsv(
      [
        { name: 'a', isNumber: false },
        { name: 'b,c', isNumber: true },
      ],
      [
        ['x "y", z', '-1.50'],
        ['two\nlines', null],
        ['', '0'],
      ],
    ),
  ).toBe('\ufeffa,"b,c"\r\n"x ""y"", z",-1.50\r\n"two\nlines",\r\n"",0\r\n'));

it.each(['=1+1', '+1', '-cmd', '@x', '\t=1'])('writes CSV that makes no formula of %j', (text) =>
  expect(toCsv([{ name: 'a', isNumber: false }], [[text]])).toBe(`\ufeffa\r\n'${text}\r\n`),
);

it.each([
  [['apps', '2026-05-02'], 'apps-2026-05-02.csv'],
  [['../a b/"c"', null], 'a_b_c_.csv'],
  [['应用'], '应用.csv'],
  [['///'], 'table.csv'],
])('names the file of %j %s', (parts, name) => expect(fileName('csv', ...parts)).toBe(name));

it.each([
  ['APP1', ['app1', 'app10']],
  ['1,234', ['app2']],
  ['1234.5', ['app2']],
  ['nowhere', []],
  [' ', ['app1', 'app10', 'app2', null]],
])('finds the rows with %j', (text, names) => {
  const rows = [
    ['app1', '1.00'],
    ['app10', null],
    ['app2', '1234.5'],
    [null, '7'],
  ];
  expect(rowsWith(text, rows, [undefined, 2]).map(([name]) => name)).toEqual(names);
});
