import { isRefusalCode, REFUSALS } from '#domain/refusals.ts';
import { Stack } from '@mui/material';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { JointAct } from '../records.ts';
import { useSay } from '../say.ts';
import { ActFacts } from './act-facts.tsx';
import { OfficerForm } from './officer-form.tsx';
import { useOfficer } from './use-officer.ts';

/** An open proposal, to be confirmed by another officer; to everybody else the button says why it is shut. */
export function ConfirmForm({ act }: { act: JointAct }) {
  const say = useSay();
  const data = useConsoleData();
  const { act: confirm, state } = useOfficer((confirmed, key) => data.confirmAct(act.id, act.halts, confirmed, key));
  const whyNot = isRefusalCode(act.whyNot) ? REFUSALS[act.whyNot].words : undefined;
  return (
    <Stack spacing={2}>
      <ActFacts act={act} />
      <OfficerForm
        name={`confirm-${act.id}`}
        hint={say('officers.confirmHint')}
        submit={say('officers.confirm', { act: say(`officers.act.${act.halts}`) })}
        color={act.halts === 'nothing' ? 'primary' : 'error'}
        whyNot={whyNot}
        act={confirm}
        state={state}
      />
    </Stack>
  );
}
