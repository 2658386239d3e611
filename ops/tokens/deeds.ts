import type { TokenDeedAnswer } from '#activities/token-contract.ts';
import { REFUSALS } from '#domain/refusals.ts';
import { FILE_FAULTS, type TokenDeed } from '#domain/token.ts';
import { Sentence } from '../sentence.ts';
import { openVerifierLine } from '../verifier-line.ts';

export type TokenDeedDone = Extract<TokenDeedAnswer, { outcome: 'done' }>;

/** Has the verifier do it. Throws a Sentence with what was wrong, or when no part answers. */
export async function doTokenDeed(state: string, deed: TokenDeed, value: object): Promise<TokenDeedDone> {
  const line = await openVerifierLine(state);
  try {
    const answer = await line.ask<TokenDeedAnswer>({
      purpose: 'token-deed',
      workflow: 'tokenDeed',
      named: 'token',
      value: { ...value, deed },
      asked: { deed },
      unanswered: 'Nothing was changed: worker, verifier or directory did not answer. Look with: countersign doctor',
    });
    if (answer.outcome === 'done') return answer;
    const { code, fault } = answer;
    throw new Sentence(fault ? FILE_FAULTS[fault] : REFUSALS[code].words);
  } finally {
    await line.close();
  }
}
