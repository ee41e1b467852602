/** The highest of many scores, and whose they are, in a fixed room: a heap with the least of them on top. */
export class BestScores {
  readonly #scores: Float64Array;
  readonly #ids: string[] = [];
  #size = 0;

  constructor(room: number) {
    this.#scores = new Float64Array(room);
  }

  /** Ids are only made where the score is among the best. */
  offer(score: number, id: () => string): void {
    if (this.#size < this.#scores.length) {
      this.#scores[this.#size] = score;
      this.#ids[this.#size] = id();
      this.#rise(this.#size++);
    } else if (score > this.#scores[0]!) {
      this.#scores[0] = score;
      this.#ids[0] = id();
      this.#sink();
    }
  }

  /** Best first. */
  sorted(): { id: string; score: number }[] {
    return Array.from({ length: this.#size }, (_, i) => ({
      id: this.#ids[i]!,
      score: this.#scores[i]!,
    })).sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  }

  #rise(at: number): void {
    for (let i = at; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (this.#scores[parent]! <= this.#scores[i]!) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  #sink(): void {
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < this.#size && this.#scores[child]! < this.#scores[least]!) least = child;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(i: number, j: number): void {
    [this.#scores[i], this.#scores[j]] = [this.#scores[j]!, this.#scores[i]!];
    [this.#ids[i], this.#ids[j]] = [this.#ids[j]!, this.#ids[i]!];
  }
}
