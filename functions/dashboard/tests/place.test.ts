import { describe, expect, it } from 'vitest';
import { basePath, readPlace, takeKey, writePlace } from '../src/place';

describe('the base path', () => {
  it.each([
    ['/', '/'],
    ['/index.html', '/'],
    ['/api/dashboard', '/api/dashboard/'],
    ['/api/dashboard/', '/api/dashboard/'],
  ])('of %s is %s', (path, base) => expect(basePath(path)).toBe(base));
});

describe('an access key', () => {
  it.each([
    ['http://host/#token=abc%2Bd', 'abc+d', '/'],
    ['http://host/#token=abc&/job/pvuv', 'abc', '/#/job/pvuv'],
    ['http://host/api/dashboard?code=a%3D%3D#/job/pvuv', 'a==', '/api/dashboard#/job/pvuv'],
    ['http://host/api/dashboard?x=1&code=abc', 'abc', '/api/dashboard?x=1'],
    ['http://host/#/job/token=abc', null, '/#/job/token=abc'],
    ['http://host/#token=%', '%', '/'],
  ])('is taken out of %s', (address, key, rest) => expect(takeKey(address)).toEqual({ key, rest }));
});

describe('a place', () => {
  it.each([
    { view: 'overview' } as const,
    { view: 'job', job: 'orders.a/b c', picks: {} } as const,
    { view: 'job', job: 'pvuv', picks: { day: '2021-12-01', by: '', kind: 'bar', x: 'summary min', series: ['p&v', 'uv'], order: '-pv' } } as const,
    { view: 'job', job: 'pvuv', picks: { series: [] } } as const,
    { view: 'job', job: 'pvuv', picks: { measure: 'difference', scale: 'log', days: 7 } } as const,
  ])('is read from the address as it was written: %j', (place) => expect(readPlace(writePlace(place as never))).toEqual(place));

  it('is the overview where the address says nothing that is known', () => expect(readPlace('#/elsewhere')).toEqual({ view: 'overview' }));
});
