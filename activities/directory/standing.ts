import type { Role, RootDse } from './root-dse.ts';

/** `good`; `silent`: not asked while others answer; `proving`: may be asked again, and is trusted when it has answered for a while. */
export type Health = 'good' | 'proving' | 'silent';

/** What is known of one controller, whoever in this process asked it. */
export type Standing = {
  health: Health;
  /** Milliseconds of one question, as a moving average. */
  milliseconds: number | undefined;
  facts: Known | undefined;
  /** Why it counts as silent. */
  why: string | undefined;
};

export type Known = Omit<RootDse, 'milliseconds'> & Pick<Role, 'isPdc'>;

export type Standings = {
  of: (url: string) => Standing;
  /** Notes that it gave no usable answer. The more often in a row, the longer it is left alone. */
  fellSilent: (url: string, why: string) => void;
  /** Notes what it said. One that was silent is good again when its answers span a minute without a gap. */
  answered: (url: string, root: RootDse, role?: Role) => void;
  /** Whether it is time to look at it: a silent one when its time is over, any other now and then, or when its last answer is older than `askedMs`. */
  isDue: (url: string, askedMs?: number) => boolean;
  /** Forgets all but these. */
  keep: (urls: ReadonlySet<string>) => void;
};

export const pace = {
  /** After the first silence, doubled with each further one. */
  backOffMs: 10_000,
  mostBackOffMs: 5 * 60_000,
  /** How long the answers of one that had been silent have to span before those who went elsewhere come back to it. */
  steadyMs: 60_000,
  /** How often one that is proving itself is looked at, and one that is good. */
  provingMs: 15_000,
  goodMs: 5 * 60_000,
} as const;

/** Weight of the newest answer in the moving average. */
const newest = 0.3;

type Entry = Pick<Standing, 'milliseconds' | 'why'> & {
  root: RootDse | undefined;
  role: Role | undefined;
  failures: number;
  until: number;
  healthySince: number | undefined;
  seen: number | undefined;
};

/** The standings of all controllers of a process, by URL. `told` hears when one falls silent or is good again. */
export function standings(now: () => number, told: (url: string, became: 'silent' | 'good') => void = () => {}): Standings {
  const entries = new Map<string, Entry>();
  function entry(url: string): Entry {
    const found = entries.get(url);
    if (found) return found;
    const made: Entry = {
      root: undefined,
      role: undefined,
      failures: 0,
      until: 0,
      healthySince: undefined,
      seen: undefined,
      milliseconds: undefined,
      why: undefined,
    };
    entries.set(url, made);
    return made;
  }
  const healthOf = ({ failures, until }: Entry): Health => (failures === 0 ? 'good' : until > now() ? 'silent' : 'proving');

  return {
    of(url) {
      const one = entry(url);
      return { health: healthOf(one), milliseconds: one.milliseconds, facts: factsOf(one), why: one.failures > 0 ? one.why : undefined };
    },
    fellSilent(url, why) {
      const one = entry(url);
      if (one.failures === 0) told(url, 'silent');
      // Several connections that break at one moment are one silence.
      if (healthOf(one) !== 'silent') one.failures += 1;
      one.until = now() + Math.min(pace.backOffMs * 2 ** (one.failures - 1), pace.mostBackOffMs);
      one.healthySince = undefined;
      one.seen = now();
      one.why = why;
    },
    answered(url, root, role) {
      const one = entry(url);
      const last = one.milliseconds ?? root.milliseconds;
      one.milliseconds = last + (root.milliseconds - last) * newest;
      one.root = root;
      one.role = role ?? one.role;
      one.seen = now();
      if (one.failures === 0) return;
      one.until = 0;
      one.healthySince ??= now();
      if (now() - one.healthySince < pace.steadyMs) return;
      one.failures = 0;
      one.healthySince = undefined;
      told(url, 'good');
    },
    isDue(url, askedMs = pace.goodMs) {
      const one = entry(url);
      const health = healthOf(one);
      if (health === 'silent') return false;
      if (one.seen === undefined) return true;
      // Just out of its back-off, nothing has been heard since: it is due at once.
      if (health === 'proving' && one.healthySince === undefined) return true;
      return now() - one.seen >= (health === 'proving' ? pace.provingMs : askedMs);
    },
    keep(urls) {
      for (const url of entries.keys()) if (!urls.has(url)) entries.delete(url);
    },
  };
}

function factsOf({ root, role }: Entry): Known | undefined {
  if (!root) return undefined;
  const { milliseconds: _, ...said } = root;
  return { ...said, readOnly: said.readOnly || role?.readOnly === true, isPdc: role?.isPdc };
}
