import { Stack, TextField } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import { proposeStatement } from '#domain/joint-act.ts';
import { DelegationFields } from '../delegations/delegation-fields.tsx';
import { EMPTY, missingIn, typedDelegation } from '../delegations/typed-delegation.ts';
import { Section } from '../frame/section.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';
import { OfficerForm } from './officer-form.tsx';
import { useOfficer } from './use-officer.ts';

/** An officer proposes that somebody decides in the place of a person who is away and cannot hand over themselves. */
export function ForAnotherForm() {
  const say = useSay();
  const data = useConsoleData();
  const { permissions } = usePermissions<Role[]>();
  const [from, setFrom] = useState('');
  const [filled, setFilled] = useState(EMPTY);
  const missing = missingIn(filled);
  const isWhole = from.trim() !== '' && !missing.to && !missing.days && !missing.some;
  const deedNow = () => ({ delegate: { from: from.trim(), ...typedDelegation(filled) } });
  const officer = useOfficer({
    begin: (reason) => data.beginAct(reason),
    statement: (ceremony, reason) => proposeStatement(ceremony, { deed: deedNow(), reason }),
    send: (confirmed, key) => data.propose(deedNow(), confirmed, key),
  });
  if (!(permissions ?? []).includes('security-officer')) return null;
  return (
    <Section title={say('officers.forAnother')}>
      <Stack spacing={2.5} sx={{ maxWidth: 760, mb: 2.5 }}>
        <TextField
          id="away"
          label={say('officers.whoIsAway')}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          helperText={say('officers.whoIsAwayHint')}
          slotProps={{
            htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, maxLength: 256, 'aria-required': true },
          }}
        />
        <DelegationFields
          whose="another"
          filled={filled}
          onChange={(change) => setFilled((before) => ({ ...before, ...change }))}
          missing={undefined}
        />
      </Stack>
      <OfficerForm
        name="for-another"
        hint={say('officers.proposeHint')}
        submit={say('officers.forAnotherSubmit')}
        whyNot={isWhole ? undefined : say('officers.fillFirst')}
        needsKey
        officer={officer}
      />
    </Section>
  );
}
