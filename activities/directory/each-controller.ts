import type { Directory } from './connect.ts';
import { withDeadline } from './controller.ts';

/**
 * Asks each controller but `except` for itself, those first that are liked best, `near` a site where one is named: a bank may have hundreds. By URL; undefined where it does not answer, or has nothing to tell.
 * Answers within seconds and never throws; a controller that was silent is not asked again for half a minute, but for `evenSilent`: where nothing goes on without an answer.
 */
export type EachController = <T>(
  what: string,
  ask: (directory: Directory) => Promise<T | undefined>,
  of?: { except?: string; near?: string | undefined; evenSilent?: boolean },
) => Promise<Record<string, T | undefined>>;

const MOST = 8;
const LONGEST_MS = 3000;
/** A first connection to one that is busy may take as long as that once; people are told of a silent one, so it is asked once more at once. */
const TRIES = 2;
const SILENT_MS = 30_000;

/** Nothing is connected before the first question. One that is listed by address and found by name is asked twice, which harms nobody. */
export function eachController(asked: Pick<Directory, 'controllers' | 'only'>, now: () => number = Date.now): EachController {
  const silentUntil = new Map<string, number>();

  async function at<T>(url: string, what: string, ask: (directory: Directory) => Promise<T | undefined>): Promise<T | undefined> {
    for (let tried = 0; tried < TRIES; tried += 1) {
      try {
        const directory = asked.only(url);
        if (!directory) break;
        const answer = await withDeadline(ask(directory), LONGEST_MS, what);
        // An answer also where it has nothing to tell, such as of an account that is no more.
        silentUntil.delete(url);
        return answer;
      } catch {
        // Whatever it was: nothing is known of this controller now, and nobody's password depends on it.
      }
    }
    silentUntil.set(url, now() + SILENT_MS);
    return undefined;
  }

  return async (what, ask, { except, near, evenSilent = false } = {}) => {
    const controllers = await asked.controllers({ site: near }).catch(() => []);
    const others = controllers.filter(({ url }) => url !== except).slice(0, MOST);
    const isLeftOut = (url: string): boolean => !evenSilent && (silentUntil.get(url) ?? 0) > now();
    return Object.fromEntries(
      await Promise.all(others.map(async ({ url }) => [url, isLeftOut(url) ? undefined : await at(url, what, ask)] as const)),
    );
  };
}
