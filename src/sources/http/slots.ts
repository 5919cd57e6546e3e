/** Runs what it is given, never more than `most` at once, first come first served. */
export type Slots = <T>(work: () => Promise<T>) => Promise<T>;

export function openSlots(most: number): Slots {
  let taken = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    // Who leaves hands its place on, so that nobody who comes in between can take it.
    if (taken < most) taken += 1;
    else await new Promise<void>((turn) => waiting.push(turn));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else taken -= 1;
    }
  };
}
