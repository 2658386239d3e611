import { FormControl, FormControlLabel, FormHelperText, FormLabel, Radio, RadioGroup, Stack, TextField } from '@mui/material';
import { useSay } from '../say.ts';
import type { Filled } from './typed-delegation.ts';

type DelegationFieldsProps = {
  filled: Filled;
  onChange: (change: Partial<Filled>) => void;
  /** Whose decisions: one's own, or those of somebody who is away. */
  whose: 'own' | 'another';
  /** What was left out, once somebody has tried to send it. */
  missing: { to: boolean; days: boolean; some: boolean } | undefined;
};

/** To whom, how long, about what. */
export function DelegationFields({ filled, onChange, whose, missing }: DelegationFieldsProps) {
  const say = useSay();
  const day = (name: 'first' | 'last', label: string) => (
    <TextField
      id={`${name}-day`}
      type="date"
      label={label}
      value={filled[name]}
      onChange={(event) => onChange({ [name]: event.target.value })}
      error={missing?.days === true}
      slotProps={{ inputLabel: { shrink: true }, htmlInput: { 'aria-required': true, 'aria-describedby': 'days-hint' } }}
    />
  );
  const list = (name: 'groups' | 'units' | 'accounts', hint: string) => (
    <TextField
      id={name}
      label={say(`delegations.${name}`)}
      value={filled[name]}
      onChange={(event) => onChange({ [name]: event.target.value })}
      multiline
      helperText={hint}
      slotProps={{ htmlInput: { autoComplete: 'off', spellCheck: false, maxLength: 4000 } }}
    />
  );

  return (
    <>
      <TextField
        id="delegate"
        label={say(whose === 'own' ? 'delegations.person' : 'officers.standInLabel')}
        value={filled.to}
        onChange={(event) => onChange({ to: event.target.value })}
        error={missing?.to === true}
        helperText={say(missing?.to === true ? 'delegations.personMissing' : 'delegations.personHint')}
        slotProps={{ htmlInput: { autoComplete: 'off', autoCapitalize: 'none', spellCheck: false, maxLength: 256, 'aria-required': true } }}
      />
      <FormControl error={missing?.days === true}>
        <Stack direction="row" spacing={2}>
          {day('first', say('delegations.since'))}
          {day('last', say('delegations.until'))}
        </Stack>
        <FormHelperText id="days-hint">{say(missing?.days === true ? 'delegations.daysMissing' : 'delegations.days')}</FormHelperText>
      </FormControl>
      <FormControl>
        <FormLabel id="which-label">{say('delegations.which')}</FormLabel>
        <RadioGroup
          aria-labelledby="which-label"
          value={filled.some ? 'some' : 'all'}
          onChange={(_, value) => onChange({ some: value === 'some' })}
        >
          <FormControlLabel value="all" control={<Radio />} label={say(whose === 'own' ? 'delegations.all' : 'officers.standInAll')} />
          <FormControlLabel value="some" control={<Radio />} label={say('delegations.some')} />
        </RadioGroup>
        {missing?.some && <FormHelperText error>{say('delegations.someMissing')}</FormHelperText>}
      </FormControl>
      {filled.some && (
        <>
          {list('groups', say('delegations.lineHint'))}
          {list('units', say('delegations.unitsHint'))}
          {list('accounts', say('delegations.lineHint'))}
        </>
      )}
    </>
  );
}
