/** What has come into the tables since something was last derived of them. */
export interface News {
  /** A table has other rows; the batch that they are of may still be under way. */
  changed(): void;
  /** No batch of this process is under way. */
  settled(): void;
  /** Whether there is any, of whole batches. */
  isDue(): boolean;
  /** From now on counts what comes. */
  taken(): void;
  /** What was taken came to nothing, and is to be taken again. */
  giveBack(): void;
}

export function openNews(isThere: boolean): News {
  let isUnderWay = false;
  return {
    changed() {
      isThere = true;
      isUnderWay = true;
    },
    settled() {
      isUnderWay = false;
    },
    isDue: () => isThere && !isUnderWay,
    taken() {
      isThere = false;
    },
    giveBack() {
      isThere = true;
    },
  };
}
