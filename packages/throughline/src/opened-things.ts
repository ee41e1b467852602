/**
 * Things that are opened one after another and closed in the reverse order: what the AsyncDisposableStack of Node 24 is, which Node 22 does
 * not have (https://tc39.es/proposal-explicit-resource-management).
 */
export class OpenedThings implements AsyncDisposable {
  #closings: (() => Promise<void> | void)[] = [];

  /** Closes it with the rest; gives it back. */
  use<T extends AsyncDisposable | Disposable>(thing: T): T {
    this.#closings.push(async () =>
      Symbol.asyncDispose in thing ? await thing[Symbol.asyncDispose]() : thing[Symbol.dispose](),
    );
    return thing;
  }

  defer(close: () => Promise<void> | void): void {
    this.#closings.push(close);
  }

  /** All of it in other hands: this one closes nothing any more. */
  move(): OpenedThings {
    const moved = new OpenedThings();
    moved.#closings = this.#closings;
    this.#closings = [];
    return moved;
  }

  /** Each is closed, whatever becomes of the others. Throws the first error. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (const close of this.#closings.splice(0).reverse())
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    if (errors.length > 0) throw errors[0];
  }
}
