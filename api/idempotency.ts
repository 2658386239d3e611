import type { Database } from '#db';
import { Refusal } from '#domain/refusals.ts';
import type { Answer } from './endpoint.ts';
import { sameHash, type KeyedHash } from './keyed-hash.ts';

/** One request that carried an Idempotency-Key. `caller` is whoever may repeat it: session, browser or source. */
export interface Repeatable {
  key: string;
  route: string;
  caller: string;
  body: unknown;
  keepNoAnswer: boolean;
}

export interface Answers {
  /** The first answer to the same request; undefined when there is none yet. Throws `key-reused` when the key stood for another request. */
  find(of: Repeatable): Promise<Answer | undefined>;
  keep(of: Repeatable, answer: Answer): Promise<void>;
}

/** A row without an answer yet, or whose answer is not kept. */
const NO_ANSWER = 0;

/**
 * First answers by Idempotency-Key. Only keyed hashes of key and request are stored. The row is written before the deed:
 * if we crash between the two, the repeated request does the deed again under the same nonce, which Temporal recognises.
 */
export function createAnswers(db: Database, hash: KeyedHash): Answers {
  const rowKey = (of: Repeatable) => hash('answer', of.route, of.caller, of.key).toString('hex');
  return {
    async find(of) {
      const key = rowKey(of);
      const request = new Uint8Array(hash('request', of.route, JSON.stringify(of.body)));
      await db.answer.createMany({ data: [{ key, request, status: NO_ANSWER, body: {} }], skipDuplicates: true });
      const row = await db.answer.findUniqueOrThrow({ where: { key } });
      if (!sameHash(row.request, request)) throw new Refusal('key-reused');
      return row.status === NO_ANSWER ? undefined : { status: row.status, body: row.body };
    },
    async keep(of, answer) {
      // What the sender can do better next time, and what failed here, is worth asking again. A refusal holds no secret and sets no cookie.
      if (answer.status === 429 || answer.status >= 500 || (of.keepNoAnswer && answer.status < 400)) return;
      await db.answer.updateMany({
        where: { key: rowKey(of), status: NO_ANSWER },
        data: { status: answer.status, body: JSON.parse(JSON.stringify(answer.body ?? {})) as object },
      });
    },
  };
}
