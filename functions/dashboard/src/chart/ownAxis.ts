import type { Series } from './points';

const muchSmaller = 20;

/** Says of each series whether its column is so small beside another that it would lie on the ground, and has a scale of its own. */
export function withOwnAxis(series: Omit<Series, 'isSmall'>[]): Series[] {
  const sizes = new Map<string, number>();
  for (const { column, values } of series) sizes.set(column, Math.max(sizes.get(column) ?? 0, sizeOf(values)));
  const greatest = Math.max(0, ...sizes.values());
  return series.map((one) => {
    const size = sizes.get(one.column) ?? 0;
    return { ...one, isSmall: size > 0 && size * muchSmaller < greatest };
  });
}

/** The greatest of values, whatever their sign. */
export function sizeOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
}
