import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Pool } from 'pg';
import type { Database } from '#db';
import { Refusal, type RefusalCode } from '#domain/refusals.ts';
import { limitKeyOf } from './source.ts';
import { createExcess } from './admission-excess.ts';

export interface AdmissionLimits {
  perSourcePerMinute: number;
  perSitePerMinute: number;
  unprovenCap: number;
}

/** What is judged before Temporal is touched, so that nobody can fill its queues with names. Every method throws `Refusal` with when to come back. */
export interface Admission {
  /** A new reset: source, then site, then the cap on resets whose claimant is not proven. */
  begin(source: string): Promise<void>;
  resume(source: string): Promise<void>;
  signIn(source: string): Promise<void>;
  /** Takes one sign-in back from a source's count: a copy of a request that is counted already. */
  signInCounted(source: string): Promise<void>;
  /** A typed proof or code, counted before it is checked: one source may not guess at many resets. */
  attempt(source: string): Promise<void>;
  /** A step of one reset, or a deed of one account: a holder who sends without end would fill its history. */
  step(of: string): Promise<void>;
  /** Writes the leaves of minutes that have passed; with `all`, also of the current one. */
  settle(all?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** An unproven reset expires in ten minutes (design §3 step 0), so older rows cannot be open. */
const UNPROVEN_MS = 10 * 60_000;
const STEPS_PER_MINUTE = 30;

/** Counts live in PostgreSQL, so that a restarted API remembers them and two share them; what is beyond a limit is turned away from memory. */
export function createAdmission(db: Database, pool: Pool, limits: AdmissionLimits): Admission {
  const limiter = (keyPrefix: string, points: number): readonly Limiter[] => [
    // In front, so that a flood that comes all at once reaches the database no oftener than its limit.
    new RateLimiterMemory({ keyPrefix, points, duration: 60 }),
    new RateLimiterPostgres({
      storeClient: pool,
      tableName: 'rate_limit',
      tableCreated: true,
      keyPrefix,
      points,
      duration: 60,
      inMemoryBlockOnConsumed: points + 1,
    }),
  ];
  const perSource = {
    begin: limiter('begin', limits.perSourcePerMinute),
    resume: limiter('resume', limits.perSourcePerMinute),
    signIn: limiter('sign-in', limits.perSourcePerMinute),
    attempt: limiter('attempt', limits.perSourcePerMinute),
  };
  const site = limiter('site', limits.perSitePerMinute);
  const steps = limiter('step', STEPS_PER_MINUTE);
  const excess = createExcess(db);
  const timer = setInterval(() => void excess.settle(false).catch(() => {}), 15_000);
  timer.unref();

  const ofSource = async (which: keyof typeof perSource, source: string) => {
    await consume(perSource[which], limitKeyOf(source), 'too-many-requests', () => excess.count(source, which));
  };

  return {
    async begin(source) {
      await ofSource('begin', source);
      await consume(site, 'all', 'site-busy', () => excess.count(source, 'site'));
      const unproven = await db.reset.count({
        where: { state: { in: ['proving', 'checking-factor'] }, provenAt: null, startedAt: { gt: new Date(Date.now() - UNPROVEN_MS) } },
      });
      if (unproven < limits.unprovenCap) return;
      excess.count(source, 'unproven-cap');
      throw new Refusal('site-busy', { retryAfterSeconds: 60 });
    },
    resume: (source) => ofSource('resume', source),
    signIn: (source) => ofSource('signIn', source),
    async signInCounted(source) {
      for (const limiter of perSource.signIn) await limiter.reward(limitKeyOf(source));
    },
    attempt: (source) => ofSource('attempt', source),
    step: (of) => consume(steps, of, 'too-many-requests', () => {}),
    settle: (all = false) => excess.settle(all),
    async close() {
      clearInterval(timer);
      await excess.settle(true);
    },
  };
}

type Limiter = RateLimiterPostgres | RateLimiterMemory;

async function consume(limiters: readonly Limiter[], key: string, code: RefusalCode, onExcess: () => void): Promise<void> {
  try {
    for (const limiter of limiters) await limiter.consume(key);
  } catch (refused) {
    // Anything but the library's own "no" is a database that is away: then nobody is let in.
    if (!(refused instanceof RateLimiterRes)) throw refused;
    onExcess();
    throw new Refusal(code, { retryAfterSeconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) });
  }
}
