import { expect, it } from 'vitest';
import { shown, visible } from '../src/visible';

it.each([
  ['a\u202etxt.exe', 'a\\u202etxt.exe'],
  ['red\u0000\u001b[31m', 'red\\u0000\\u001b[31m'],
  ['two\nlines\tand 漢字 اللغة 👩‍👧', 'two\nlines\tand 漢字 اللغة 👩‍👧'],
])('%j is written as %j', (text, written) => expect(visible(text)).toBe(written));

it.each([
  ['two\n lines', 'two lines'],
  [' \n', "' '"],
  ['\u200b', '\\u200b'],
  ['x'.repeat(61), `${'x'.repeat(60)}…`],
  ['👍'.repeat(60), '👍'.repeat(60)],
])('%j is %j on one line', (name, line) => expect(shown(name)).toBe(line));
