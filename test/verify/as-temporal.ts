import { failureType } from '#activities/closed-failures.ts';

/** Asks again when the database had no room in time, as Temporal does; on a busy machine 64 at once are more than fit into ten seconds. */
export async function asTemporal<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 6 || failureType(error) !== 'DatabaseUnavailable') throw error;
    }
  }
}
