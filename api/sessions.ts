import { randomBytes } from 'node:crypto';
import type { Database } from '#db';
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
  stage: 'password' | 'full';
  endsAt: Date;
}

/** Console sessions: random 256-bit tokens, of which only a keyed hash is stored, so that a copy of the table opens nothing. */
export interface Sessions {
  begin(person: Person, stage: SignedIn['stage']): Promise<{ token: string; session: SignedIn }>;
  /** The live session of a token. `touch: false` looks without counting as use, for streams that stay open by themselves. */
  find(token: string | undefined, options?: { touch?: boolean }): Promise<SignedIn | undefined>;
  end(token: string): Promise<void>;
}

const TOUCH_EVERY_MS = 20_000;
/** A password without its factor is worth little and lives shortly. */
const FACTOR_WITHIN_MS = 5 * 60_000;

export function createSessions(db: Database, hash: KeyedHash, limits: { idleMinutes: number; absoluteHours: number }): Sessions {
  const idHashOf = (token: string) => new Uint8Array(hash('session', token));

  return {
    async begin(person, stage) {
      const token = randomBytes(32).toString('base64url');
      const idHash = idHashOf(token);
      const endsAt = new Date(Date.now() + (stage === 'full' ? limits.absoluteHours * 3_600_000 : FACTOR_WITHIN_MS));
      await db.session.create({
        data: {
          idHash,
          stage,
          accountGuid: person.account,
          accountSid: person.sid,
          accountName: person.name,
          displayName: person.name,
          roles: person.roles,
          endsAt,
        },
      });
      return { token, session: { ...person, id: uuidOf(hash('session-id', token)), stage, endsAt } };
    },

    async find(token, { touch = true } = {}) {
      if (!token) return undefined;
      const idHash = idHashOf(token);
      const row = await db.session.findUnique({ where: { idHash } });
      if (!row) return undefined;
      const now = Date.now();
      const idleEnd = row.seenAt.getTime() + limits.idleMinutes * 60_000;
      if (now >= row.endsAt.getTime() || now >= idleEnd) {
        await db.session.deleteMany({ where: { idHash } });
        return undefined;
      }
      if (touch && now - row.seenAt.getTime() > TOUCH_EVERY_MS)
        await db.session.updateMany({ where: { idHash }, data: { seenAt: new Date(now) } });
      return {
        id: uuidOf(hash('session-id', token)),
        stage: row.stage === 'full' ? 'full' : 'password',
        endsAt: row.endsAt,
        account: row.accountGuid,
        sid: row.accountSid,
        name: row.displayName,
        roles: ROLES.filter((role) => row.roles.includes(role)),
      };
    },

    async end(token) {
      await db.session.deleteMany({ where: { idHash: idHashOf(token) } });
    },
  };
}
