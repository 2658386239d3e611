import { isLift } from '#domain/halt.ts';
import { confirmStatement, type JointDeed } from '#domain/joint-act.ts';
import { isRefusalCode, REFUSALS } from '#domain/refusals.ts';
import { Stack } from '@mui/material';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Halt, JointAct } from '../records.ts';
import { useSay } from '../say.ts';
import { ActFacts } from './act-facts.tsx';
import { actInWords } from './act-in-words.ts';
import { OfficerForm } from './officer-form.tsx';
import { useOfficer } from './use-officer.ts';

/** An open proposal, to be confirmed by another officer; to everybody else the button says why it is shut. */
export function ConfirmForm({ act, halted }: { act: JointAct; halted: Halt }) {
  const say = useSay();
  const data = useConsoleData();
  const officer = useOfficer({
    begin: (reason) => data.beginAct(reason, act.id),
    statement: (ceremony, reason) => confirmStatement(ceremony, { act: act.id, proposer: act.proposerId, deed: act.deed, reason }),
    // Whom the names mean is signed; what was typed says which proposal it was.
    send: (confirmed, key) => data.confirmAct(act.id, asTyped(act.deed), confirmed, key),
  });
  const stops = 'halts' in act.deed && act.deed.halts !== 'nothing';
  const mayByCode = 'halts' in act.deed && !isLift(act.deed.halts, halted);
  const whyNot = isRefusalCode(act.whyNot) ? REFUSALS[act.whyNot].words : undefined;
  return (
    <Stack spacing={2}>
      <ActFacts act={act} />
      <OfficerForm
        name={`confirm-${act.id}`}
        hint={say('officers.confirmHint')}
        submit={say('officers.confirm', { act: actInWords(act, say) })}
        color={stops ? 'error' : 'primary'}
        whyNot={whyNot}
        needsKey={!mayByCode}
        officer={officer}
      />
    </Stack>
  );
}

function asTyped(deed: JointAct['deed']): JointDeed {
  if ('campaign' in deed) return { campaign: deed.campaign };
  return 'delegate' in deed ? { delegate: deed.delegate } : deed;
}
