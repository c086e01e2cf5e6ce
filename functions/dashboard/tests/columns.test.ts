import { expect, it } from 'vitest';
import type { Column, Table } from '../src/api';
import { choose } from '../src/chart/points';
import { keysAndValuesFirst } from '../src/columns';

const column = (name: string, kind: Column['kind'], isKey = false): Column => ({ name, type: '', kind, isKey });
const table = (chart: Table['chart'], ...columns: Column[]): Table => ({ id: 't', name: 't', connector: 'mysql', isReadable: true, reason: null, columns, chart });
const arranged = (one: Table, picks = {}): { first: string[]; rest: string[] } => keysAndValuesFirst(one, choose(one, picks), one.columns.map(({ name }) => name));

const consume = table({ kind: 'bar', day: 'dt', x: 'app', series: ['amount'] }, column('app', 'text', true), column('server', 'text'), column('at', 'text'), column('amount', 'number'), column('dt', 'text', true));

it('begins with the key but the day that is shown, and the value', () => expect(arranged(consume)).toEqual({ first: ['app', 'amount'], rest: ['server', 'at', 'dt'] }));

it('begins with the day where all days are shown', () => expect(arranged(consume, { by: '' })).toEqual({ first: ['app', 'dt', 'amount'], rest: ['server', 'at'] }));

it('keeps a place for a value where there are many keys', () => {
  const keys = ['a', 'b', 'c', 'd'].map((name) => column(name, 'text', true));
  expect(arranged(table(null, ...keys, column('n', 'number')))).toEqual({ first: ['a', 'b', 'n'], rest: ['c', 'd'] });
});

it('begins with something where there is no key', () => expect(arranged(table(null, column('name', 'text'), column('note', 'text')))).toEqual({ first: ['name'], rest: ['note'] }));
