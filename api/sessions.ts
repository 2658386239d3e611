import { randomBytes } from 'node:crypto';
import type { Database, Prisma, Transaction } from '#db';
import { appendLeaf } from '#prisma/leaves.ts';
import { actorOf } from './actor.ts';
import { uuidOf, type KeyedHash } from './keyed-hash.ts';
import type { Role } from './endpoint.ts';
import { ROLES } from './endpoint.ts';

export interface Person {
  account: string;
  sid: string;
  name: string;
  roles: Role[];
}

export interface SignedIn extends Person {
  /** Stands for the session in histories and leaves; the cookie cannot be made from it. */
  id: string;
  /** `spent`: the half session from which a full one was made a moment ago; it opens nothing any more. */
  stage: 'password' | 'full' | 'spent';
  endsAt: Date;
}

/** Sessions of the console, or of My factors at the portal: 256-bit tokens, of which only a keyed hash is stored, so that a copy of the table opens nothing. */
export interface Sessions {
  /**
   * A token that the same secret parts give again, and that nobody makes without the API's key: a repeated request gets
   * the same cookie although no copy of it is kept. At least one part must be unguessable.
   */
  tokenOf(...parts: readonly [string, ...string[]]): string;
  /** A session under this token, or under a random one. The same token again changes nothing. */
  begin(person: Person, stage: 'password' | 'full', token?: string): Promise<{ token: string; session: SignedIn }>;
  /**
   * The full session that takes the place of a half one, in one transaction; asked again with the same two tokens it is
   * that session still. Undefined when the half one ended or was spent for another.
   */
  complete(half: string, full: string): Promise<SignedIn | undefined>;
  /** The live session of a token. `touch: false` looks without counting as use, for streams that stay open by themselves. */
  find(token: string | undefined, options?: { touch?: boolean }): Promise<SignedIn | undefined>;
  /** The half session of a token, spent within the last minute. */
  findSpent(token: string | undefined): Promise<SignedIn | undefined>;
  end(token: string): Promise<void>;
}

const TOUCH_EVERY_MS = 20_000;
/** A password without its factor is worth little and lives shortly. */
export const FACTOR_WITHIN_MS = 5 * 60_000;
/** Who got no answer to the second step repeats it within this. */
const SPENT_MS = 60_000;

/** What is hashed with a token: one of the one door is found by no other. */
const LABELS = {
  console: { row: 'session', id: 'session-id', token: 'session-token' },
  portal: { row: 'own-session', id: 'own-session-id', token: 'own-session-token' },
} as const;

export function createSessions(
  db: Database,
  hash: KeyedHash,
  limits: { idleMinutes: number; absoluteHours: number },
  door: keyof typeof LABELS = 'console',
): Sessions {
  const labels = LABELS[door];
  const idHashOf = (token: string) => new Uint8Array(hash(labels.row, token));
  const idOf = (token: string) => uuidOf(hash(labels.id, token));

  const insert = async (tx: Transaction, person: Person, stage: 'password' | 'full', token: string): Promise<SignedIn> => {
    const endsAt = new Date(Date.now() + (stage === 'full' ? limits.absoluteHours * 3_600_000 : FACTOR_WITHIN_MS));
    const { account, sid, name, roles } = person;
    const row = {
      idHash: idHashOf(token),
      stage,
      accountGuid: account,
      accountSid: sid,
      accountName: name,
      displayName: name,
      roles,
      endsAt,
    };
    await tx.session.createMany({ data: [row], skipDuplicates: true });
    return { account, sid, name, roles, id: idOf(token), stage, endsAt };
  };

  const look = async (token: string | undefined, stages: readonly SignedIn['stage'][], touch: boolean): Promise<SignedIn | undefined> => {
    if (!token) return undefined;
    const idHash = idHashOf(token);
    const row = await db.session.findUnique({ where: { idHash } });
    if (!row) return undefined;
    const now = Date.now();
    const idleEnd = row.seenAt.getTime() + limits.idleMinutes * 60_000;
    if (now >= row.endsAt.getTime() || now >= idleEnd) {
      await endByTime(db, row, idOf(token));
      return undefined;
    }
    const stage = stages.find((one) => one === row.stage);
    if (!stage) return undefined;
    if (touch && now - row.seenAt.getTime() > TOUCH_EVERY_MS)
      await db.session.updateMany({ where: { idHash }, data: { seenAt: new Date(now) } });
    return {
      id: idOf(token),
      stage,
      endsAt: row.endsAt,
      account: row.accountGuid,
      sid: row.accountSid,
      name: row.displayName,
      roles: ROLES.filter((role) => row.roles.includes(role)),
    };
  };

  const find: Sessions['find'] = (token, { touch = true } = {}) => look(token, ['password', 'full'], touch);

  return {
    tokenOf: (...parts) => hash(labels.token, ...parts).toString('base64url'),
    find,
    findSpent: (token) => look(token, ['spent'], false),

    async begin(person, stage, token = randomBytes(32).toString('base64url')) {
      return { token, session: await insert(db, person, stage, token) };
    },

    async complete(half, full) {
      const person = await look(half, ['password'], false);
      // Of two requests at the same time the second waits here for the first, and then finds nothing left to spend.
      const begun =
        person &&
        (await db.$transaction(async (tx) => {
          const { count } = await tx.session.updateMany({
            where: { idHash: idHashOf(half), stage: 'password' },
            data: { stage: 'spent', endsAt: new Date(Date.now() + SPENT_MS) },
          });
          return count === 1 ? await insert(tx, person, 'full', full) : undefined;
        }));
      return begun ?? (await find(full));
    },

    async end(token) {
      await db.session.deleteMany({ where: { idHash: idHashOf(token) } });
    },
  };
}

type Row = Pick<Prisma.SessionGetPayload<object>, 'idHash' | 'stage' | 'accountGuid' | 'accountSid'>;

/**
 * Ends a session whose time is over, with its leaf; once, whoever notices. `id` stands for the session in other leaves, and
 * only its cookie gives it: who removes old rows does not know it. A spent half session has become a full one: no leaf.
 */
export async function endByTime(db: Database, { idHash, stage, accountGuid, accountSid }: Row, id: string | null): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { idHash } });
    if (count === 0 || stage === 'spent') return;
    const actor = actorOf({ account: accountGuid, sid: accountSid, stage: stage === 'full' ? 'full' : 'password' });
    await appendLeaf(tx, { type: 'sign-in.ended', outcome: 'expired', actor, do: { session: id } }, 'api');
  });
}
