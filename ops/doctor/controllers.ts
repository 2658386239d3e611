import type { Controller, ControllerView, Looked } from '#activities/directory/connect.ts';
import { openReader } from '../policy/operators-view.ts';
import { bad, good } from './finding.ts';
import type { Finding } from './finding.ts';

/** Kerberos allows five minutes; codes of authenticators are off by one at thirty seconds, so much less is wanted. */
const secondsAllowed = 120;

/** Every controller of the domain as the settings or DNS name it: how it is, where it stands, and what it can do. */
export async function controllersAnswer(state: string): Promise<Finding> {
  const directory = openReader(state);
  try {
    return findingOf(await directory.look());
  } finally {
    await directory.close();
  }
}

/** Which controllers there are just now. */
export async function namedControllers(state: string): Promise<Controller[]> {
  const directory = openReader(state);
  try {
    return await directory.controllers();
  } finally {
    await directory.close();
  }
}

/** What an operator reads of it: a line a controller, the best first, and what to do about the first that is not as it should be. */
export function findingOf({ controllers, silence }: Looked): Finding {
  const listing = controllers.map((one) => `\n      ${lineOf(one)}`).join('');
  const usable = controllers.filter(({ health, unfit }) => health === 'good' && unfit === undefined);
  const counted = `${usable.length} of ${controllers.length} domain controllers can be used`;
  const [trouble] = controllers.flatMap((one) => troubleOf(one) ?? []);
  if (silence !== undefined)
    return bad(`${silence}; ${counted}${listing}`, 'mend find.servers in the settings of the directory, or start that name server');
  if (trouble !== undefined) return bad(`${counted}${listing}`, trouble);
  if (!usable.some(({ facts }) => facts?.readOnly === false))
    return bad(`${counted}, and none takes changes${listing}`, 'name a controller that is not read-only');
  return good(`${counted}${listing}`);
}

function troubleOf({ servername, health, unfit, facts }: ControllerView): string | undefined {
  if (unfit !== undefined) return unfit;
  if (health !== 'good') return `see whether ${servername} runs and lets this host in at port 636; the others are used meanwhile`;
  if (facts && Math.abs(facts.skewSeconds) > secondsAllowed)
    return `set the clocks of ${servername} and of this host by the same time server`;
  return undefined;
}

function lineOf({ url, servername, from, health, why, unfit, milliseconds, isPdc, facts }: ControllerView): string {
  const named = { site: 'named by DNS for this site', domain: 'named by DNS', list: `listed as ${url}` }[from];
  if (health !== 'good' || !facts) return `${servername}: does not answer (${why ?? 'it was not asked yet'}); ${named}`;
  if (unfit !== undefined) return `${servername}: not used; ${named}`;
  const skew = facts.skewSeconds;
  return [
    `${servername}: ${facts.site === undefined ? 'site unknown' : `site ${facts.site}`}`,
    ...(isPdc ? ['PDC emulator'] : []),
    ...(facts.readOnly ? ['read-only, never written'] : []),
    `answers in ${milliseconds === undefined || milliseconds < 1 ? 'under 1' : Math.round(milliseconds)} ms`,
    skew === 0 ? 'clock right' : `clock ${Math.abs(skew)} s ${skew > 0 ? 'ahead' : 'behind'}`,
    facts.policyHints ? 'holds resets to the password history' : 'lets resets pass the password history',
    named,
  ].join(', ');
}
