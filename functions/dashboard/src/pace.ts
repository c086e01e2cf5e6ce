/** Does a piece of work when asked: never twice at once, and no more often than the pace; asked meanwhile, it is done once more. */
export class Pace {
  readonly #stop = new AbortController();
  #running = false;
  #asked = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #began = Number.NEGATIVE_INFINITY;

  constructor(
    readonly work: (signal: AbortSignal) => Promise<void>,
    readonly milliseconds: number,
  ) {}

  ask(): void {
    this.#asked = true;
    if (this.#running || this.#timer !== undefined || this.#stop.signal.aborted) return;
    const wait = this.#began + this.milliseconds - performance.now();
    if (wait <= 0) void this.#run();
    else this.#timer = setTimeout(() => void this.#run(), wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#asked = false;
    this.#running = true;
    this.#began = performance.now();
    try {
      await this.work(this.#stop.signal);
    } finally {
      this.#running = false;
    }
    if (this.#asked) this.ask();
  }
}
