import { BREAK_GLASS_TAG } from '#domain/break-glass-statement.ts';
import { shownText } from '#domain/decision-statement.ts';
import type { Json } from '#evidence/jcs.ts';
import { committed, NotWhatWasShown, statedDigest } from '../inbox/sign-decision.ts';
import { signStatement } from '../keys/use-a-key.ts';
import { useDeed } from '../keys/use-deed.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { ResetDetail } from '../records.ts';

export interface Breaking {
  reason: string;
  unwitnessed: boolean;
}

/** Signs break-glass, after looking whether the statement says just what this page shows: this reset, this account, these lines, this reason. */
export function useBreakGlass(reset: ResetDetail) {
  const data = useConsoleData();
  const sign = async ({ reason, unwitnessed }: Breaking): Promise<object> => {
    const { statement, salt, reasonSalt, ceremony, confirmation } = await data.beginBreakGlass(reset.id, { reason, unwitnessed });
    const lines = reset.breakGlass?.lines[unwitnessed ? 'unwitnessed' : 'witnessed'] ?? [];
    const expected: Record<string, unknown> = {
      type: 'break-glass',
      reset: reset.id,
      account: reset.account,
      unwitnessed,
      nonce: ceremony,
      reason: await statedDigest(reasonSalt, reason),
      shown: await committed(shownText(lines), salt),
    };
    if (!confirmation || Object.entries(expected).some(([name, value]) => statement[name] !== value)) throw new NotWhatWasShown();
    const { id, response } = await signStatement(BREAK_GLASS_TAG, statement as Json, { confirmation });
    return { reason, unwitnessed, signature: { ceremony, salt, evidence: statement.evidence, assertion: { id, response } } };
  };
  return useDeed({
    confirm: sign,
    send: (body, key) => data.breakGlass(reset.id, body, key),
    touches: ['resets', 'reviews', 'approvals', 'summary', 'alarms', 'audit'],
    noAnswer: 'officers.noAnswer',
  });
}
