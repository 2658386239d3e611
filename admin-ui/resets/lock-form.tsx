import { lockStatement } from '#domain/joint-act.ts';
import { isTerminal } from '#domain/reset-state.ts';
import { Typography } from '@mui/material';
import { usePermissions } from 'react-admin';
import { Section } from '../frame/section.tsx';
import { OfficerForm } from '../officers/officer-form.tsx';
import { useOfficer } from '../officers/use-officer.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { ResetDetail, Role } from '../records.ts';
import { useSay } from '../say.ts';

/** A security officer may lock any reset that is open; nobody else is shown this. */
export function LockForm({ reset }: { reset: ResetDetail }) {
  const say = useSay();
  const data = useConsoleData();
  const { permissions } = usePermissions<Role[]>();
  const officer = useOfficer({
    begin: (reason) => data.beginLock(reset.id, reason),
    statement: (ceremony, reason) => lockStatement(ceremony, { reset: reset.id, reason }),
    send: (confirmed, key) => data.lock(reset.id, confirmed, key),
  });
  if (!(permissions ?? []).includes('security-officer') || (isTerminal(reset.state) && !officer.problem)) return null;
  return (
    <Section title={say('officers.lock.title')}>
      <Typography sx={{ mb: 2 }}>{say('officers.lock.lead')}</Typography>
      <OfficerForm
        name="lock"
        hint={say('officers.lock.reasonHint')}
        submit={say('officers.lock.submit')}
        color="error"
        officer={officer}
      />
    </Section>
  );
}
