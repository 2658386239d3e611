import { FormControl, FormControlLabel, FormLabel, Radio, RadioGroup, Stack, TextField } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import { CAMPAIGN_WHOM, type CampaignAsked } from '#domain/campaign.ts';
import { proposeStatement } from '#domain/joint-act.ts';
import { Section } from '../frame/section.tsx';
import { OfficerForm } from '../officers/officer-form.tsx';
import { useOfficer } from '../officers/use-officer.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { Role } from '../records.ts';
import { useSay } from '../say.ts';

const EMPTY = { name: '', unit: '', group: '', whom: 'without-factor' as CampaignAsked['whom'], last: '' };

/** One person makes a campaign: where, for whom, until when. Nothing comes of it before another one approves it. */
export function MakeForm() {
  const say = useSay();
  const data = useConsoleData();
  const { permissions } = usePermissions<Role[]>();
  const [filled, setFilled] = useState(EMPTY);
  const isWhole = filled.name.trim() !== '' && filled.last !== '';
  const deedNow = () => ({ campaign: asked(filled) });
  const officer = useOfficer({
    begin: (reason) => data.beginAct(reason),
    statement: (ceremony, reason) => proposeStatement(ceremony, { deed: deedNow(), reason }),
    send: (confirmed, key) => data.propose(deedNow(), confirmed, key),
  });
  const may = (permissions ?? []).some((role) => role === 'administrator' || role === 'security-officer');
  const field = (name: 'name' | 'unit' | 'group', more: { hint: string; longest: number; required?: boolean }) => (
    <TextField
      id={`campaign-${name}`}
      label={say(`campaigns.${name}`)}
      value={filled[name]}
      onChange={(event) => setFilled((before) => ({ ...before, [name]: event.target.value }))}
      helperText={more.hint}
      slotProps={{
        htmlInput: { autoComplete: 'off', spellCheck: false, maxLength: more.longest, 'aria-required': more.required === true },
      }}
    />
  );
  return (
    <Section title={say('campaigns.make')}>
      <Stack spacing={2.5} sx={{ maxWidth: 760, mb: 2.5 }}>
        {field('name', { hint: say('campaigns.nameHint'), longest: 80, required: true })}
        {field('unit', { hint: say('campaigns.unitHint'), longest: 1024 })}
        {field('group', { hint: say('campaigns.groupHint'), longest: 256 })}
        <FormControl>
          <FormLabel id="whom-label">{say('campaigns.whom')}</FormLabel>
          <RadioGroup
            aria-labelledby="whom-label"
            name="whom"
            value={filled.whom}
            onChange={(_, value) => setFilled((before) => ({ ...before, whom: CAMPAIGN_WHOM.find((one) => one === value) ?? before.whom }))}
          >
            {CAMPAIGN_WHOM.map((one) => (
              <FormControlLabel key={one} value={one} control={<Radio />} label={say(`campaigns.whomOf.${one}`)} />
            ))}
          </RadioGroup>
        </FormControl>
        <TextField
          id="campaign-last"
          type="date"
          label={say('campaigns.last')}
          value={filled.last}
          onChange={(event) => setFilled((before) => ({ ...before, last: event.target.value }))}
          helperText={say('campaigns.lastHint')}
          slotProps={{ inputLabel: { shrink: true }, htmlInput: { 'aria-required': true } }}
        />
      </Stack>
      <OfficerForm
        name="campaign"
        hint={say('campaigns.makeHint')}
        submit={say('campaigns.makeSubmit')}
        whyNot={!may ? say('campaigns.notYou') : isWhole ? undefined : say('campaigns.fillFirst')}
        needsKey
        officer={officer}
      />
    </Section>
  );
}

/** To the end of the last day, in the zone of whoever fills it in. */
function asked({ name, unit, group, whom, last }: typeof EMPTY): CampaignAsked {
  const end = new Date(`${last}T00:00:00`);
  end.setDate(end.getDate() + 1);
  return { name: name.trim(), unit: unit.trim(), group: group.trim(), whom, until: end.toISOString() };
}
