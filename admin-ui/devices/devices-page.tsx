import { MenuItem, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { DEVICE_STATES } from '#domain/device.ts';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import { useSay } from '../say.ts';
import { DeviceTable } from './device-table.tsx';
import { TicketForm } from './ticket-form.tsx';
import { useDevices } from './use-devices.ts';

/** Devices that may hold an old password: all of them, one by one, and a ticket for a new one. */
export function DevicesPage() {
  return (
    <Gate page="devices">
      <Devices />
    </Gate>
  );
}

function Devices() {
  const say = useSay();
  const [text, setText] = useState('');
  const [state, setState] = useState('');
  const { data, error, refetch } = useDevices({ text: text.trim(), state });
  if (error && !data) return <Unreadable error={error} page="devices" onRetry={() => void refetch()} />;
  return (
    <Page title={say('page.devices')} lead={say('devices.lead')}>
      <Section title={say('devices.list')}>
        <Stack direction="row" spacing={2} useFlexGap sx={{ flexWrap: 'wrap', mb: 2 }}>
          <TextField
            id="devices-text"
            label={say('devices.find')}
            value={text}
            onChange={(event) => setText(event.target.value)}
            sx={{ width: 320, maxWidth: '100%' }}
            slotProps={{ htmlInput: { maxLength: 256, spellCheck: false, autoComplete: 'off' } }}
          />
          <TextField
            select
            id="devices-state"
            label={say('devices.state')}
            value={state}
            onChange={(event) => setState(event.target.value)}
            sx={{ width: 220, maxWidth: '100%' }}
            slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          >
            <MenuItem value="">{say('devices.anyState')}</MenuItem>
            {DEVICE_STATES.map((one) => (
              <MenuItem key={one} value={one}>
                {say(`devices.stateOf.${one}`)}
              </MenuItem>
            ))}
          </TextField>
        </Stack>
        {!data && <Waiting />}
        {data?.items.length === 0 && <Typography color="textSecondary">{say('devices.none')}</Typography>}
        {data && data.items.length > 0 && <DeviceTable devices={data.items} />}
        {data && data.total > data.items.length && (
          <Typography color="textSecondary" sx={{ mt: 1 }}>
            {say('devices.shown', { shown: data.items.length, total: data.total })}
          </Typography>
        )}
      </Section>
      <TicketForm />
    </Page>
  );
}
