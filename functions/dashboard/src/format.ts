/** Numbers and times in one language. */
export class Format {
  readonly #whole: Intl.NumberFormat;
  readonly #number: Intl.NumberFormat;
  readonly #fine: Intl.NumberFormat;
  readonly #rate: Intl.NumberFormat;
  readonly #short: Intl.NumberFormat;
  readonly #power: Intl.NumberFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #byScale = new Map<number, Intl.NumberFormat>();

  constructor(readonly language: string) {
    this.#whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    this.#number = new Intl.NumberFormat(language, { maximumFractionDigits: 4 });
    this.#fine = new Intl.NumberFormat(language, { maximumFractionDigits: 10 });
    this.#rate = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
    this.#short = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 2 });
    this.#power = new Intl.NumberFormat(language, { notation: 'scientific', maximumFractionDigits: 4 });
    this.#moment = new Intl.DateTimeFormat(language, { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  }

  /** A count; a dash where the host cannot know it. */
  count(value: number | null): string {
    return value === null ? '–' : this.#whole.format(value);
  }

  rate(value: number | null): string {
    return value === null ? '–' : value >= 100 ? this.#whole.format(value) : this.#rate.format(value);
  }

  /**
   * With so many digits behind the point, or as many as it has. Beyond what a number in a browser holds exactly, as a power of ten: further digits would
   * be made up.
   */
  number(value: number, scale?: number): string {
    const size = Math.abs(value);
    if (scale !== undefined && size <= Number.MAX_SAFE_INTEGER) return this.#scaled(scale).format(value);
    return (size > Number.MAX_SAFE_INTEGER ? this.#power : size < 1 ? this.#fine : this.#number).format(value);
  }

  /** Where there is little room. */
  short(value: number): string {
    const size = Math.abs(value);
    return (size < 10_000 ? this.#number : size < 1e15 ? this.#short : this.#power).format(value);
  }

  /** A power of ten on an axis. */
  power(value: number): string {
    return (Math.abs(value) < 1e15 ? this.#short : this.#power).format(value);
  }

  /** What writes the numbers on an axis, all in one unit. */
  axis(values: readonly number[]): (value: number) => string {
    const most = values.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
    if (most < 10_000) return (value) => this.#number.format(value);
    const powers = this.language.startsWith('zh') ? [4, 8, 12] : [3, 6, 9, 12];
    const power = powers.findLast((one) => most >= 10 ** one) ?? 0;
    if (most >= 1e15) return (value) => this.#power.format(value);
    const unit = this.#short.formatToParts(10 ** power).find(({ type }) => type === 'compact')?.value ?? '';
    return (value) => (value === 0 ? '0' : `${this.#number.format(value / 10 ** power)}${unit}`);
  }

  /** An instant, in the reader's time zone. */
  moment(iso: string): string {
    const instant = new Date(iso);
    return Number.isNaN(instant.getTime()) ? iso : this.#moment.format(instant);
  }

  /** How long something took or lasts, in its greatest unit and the next. */
  duration(milliseconds: number): string {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    const parts = [
      { unit: 'day', count: Math.floor(seconds / 86_400) },
      { unit: 'hour', count: Math.floor(seconds / 3600) % 24 },
      { unit: 'minute', count: Math.floor(seconds / 60) % 60 },
      { unit: 'second', count: seconds % 60 },
    ];
    const first = parts.findIndex(({ count }) => count > 0);
    return parts
      .slice(first < 0 ? -1 : first, first < 0 ? undefined : first + 2)
      .filter(({ count }, index) => count > 0 || index === 0)
      .map(({ unit, count }) => new Intl.NumberFormat(this.language, { style: 'unit', unit, unitDisplay: 'short' }).format(count))
      .join(' ');
  }

  #scaled(scale: number): Intl.NumberFormat {
    const known = this.#byScale.get(scale) ?? new Intl.NumberFormat(this.language, { minimumFractionDigits: scale, maximumFractionDigits: scale });
    this.#byScale.set(scale, known);
    return known;
  }
}
