import { setTimeout as after } from 'node:timers/promises';

/** Waits until the condition holds; the name says in the error what did not happen. */
export async function eventually(
  what: string,
  condition: () => boolean | Promise<boolean>,
  seconds = 20,
): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Within ${seconds} s this did not come true: ${what}`);
    await after(25);
  }
}
