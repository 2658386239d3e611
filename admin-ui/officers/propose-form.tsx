import { HALTS, isLift } from '#domain/halt.ts';
import { proposeStatement } from '#domain/joint-act.ts';
import { FormControl, FormControlLabel, FormLabel, Radio, RadioGroup } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import { Section } from '../frame/section.tsx';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Halt, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { OfficerForm } from './officer-form.tsx';
import { useOfficer } from './use-officer.ts';

/** An officer proposes what is to be stopped or lifted. What is so already cannot be chosen. */
export function ProposeForm({ halted }: { halted: Halt }) {
  const say = useSay();
  const data = useConsoleData();
  const { permissions } = usePermissions<Role[]>();
  const [chosen, setChosen] = useState<Halt>();
  const isOfficer = (permissions ?? []).includes('security-officer');
  const halts = chosen === halted ? undefined : chosen;
  const deed = { halts: halts ?? halted };
  const officer = useOfficer({
    begin: (reason) => data.beginAct(reason),
    statement: (ceremony, reason) => proposeStatement(ceremony, { deed, reason }),
    send: (confirmed, key) => data.propose(deed, confirmed, key),
  });
  const whyNot = isOfficer ? (halts ? undefined : say('officers.chooseFirst')) : say('officers.notOfficer');
  return (
    <Section title={say('officers.propose')}>
      <FormControl sx={{ mb: 2 }} disabled={!isOfficer}>
        <FormLabel id="halts-label">{say('officers.what')}</FormLabel>
        <RadioGroup
          aria-labelledby="halts-label"
          name="halts"
          value={halts ?? ''}
          onChange={(_, value) => setChosen(HALTS.find((one) => one === value))}
        >
          {HALTS.map((one) => (
            <FormControlLabel
              key={one}
              value={one}
              disabled={!isOfficer || one === halted}
              control={<Radio />}
              label={one === halted ? `${say(`officers.act.${one}`)} – ${say('officers.isSo')}` : say(`officers.act.${one}`)}
            />
          ))}
        </RadioGroup>
      </FormControl>
      <OfficerForm
        name="propose"
        hint={say('officers.proposeHint')}
        submit={say('officers.proposeSubmit')}
        whyNot={whyNot}
        needsKey={isLift(deed.halts, halted)}
        officer={officer}
      />
    </Section>
  );
}
