import { Button, Stack, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { usePermissions } from 'react-admin';
import { DEVICE_NAME } from '#domain/device.ts';
import { deviceStatement } from '#domain/device-statement.ts';
import { Copyable } from '../frame/copyable.tsx';
import { Section } from '../frame/section.tsx';
import { OfficerForm } from '../officers/officer-form.tsx';
import { useOfficer } from '../officers/use-officer.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { DeviceTicket, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { Moment } from '../time/moment.tsx';

/** Who lets devices in, approves and revokes them. */
export const LOOKS_AFTER_DEVICES: readonly Role[] = ['help-desk', 'security-officer', 'administrator'];

/** A ticket for one device, made by somebody who confirms it, and shown once. */
export function TicketForm() {
  const say = useSay();
  const data = useConsoleData();
  const { permissions } = usePermissions<Role[]>();
  const [typed, setTyped] = useState('');
  // Nowhere else than here, and gone with the page: no query of the console keeps a ticket.
  const [ticket, setTicket] = useState<DeviceTicket>();
  const name = typed.trim().toLowerCase();
  const officer = useOfficer({
    begin: (reason) => data.beginDeviceDeed('ticket', name, reason),
    statement: (ceremony, reason) => deviceStatement(ceremony, { deed: 'ticket', about: name, reason }),
    send: async (confirmed, key) => {
      setTicket(await data.deviceTicket(name, confirmed, key));
      setTyped('');
      return { message: say('devices.ticket.made') };
    },
  });
  const may = (permissions ?? []).some((role) => LOOKS_AFTER_DEVICES.includes(role));
  const whyNot = !may ? say('devices.ticket.notYou') : DEVICE_NAME.test(name) ? undefined : say('devices.ticket.fillFirst');
  return (
    <Section title={say('devices.ticket.title')}>
      <Typography sx={{ mb: 2 }}>{say('devices.ticket.lead')}</Typography>
      {ticket && <Made ticket={ticket} onGone={() => setTicket(undefined)} />}
      <Stack spacing={2.5} sx={{ maxWidth: 760, mb: 2.5 }}>
        <TextField
          id="device-name"
          label={say('devices.ticket.name')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          helperText={say('devices.ticket.nameHint')}
          slotProps={{ htmlInput: { maxLength: 253, spellCheck: false, autoComplete: 'off', 'aria-required': true } }}
        />
      </Stack>
      <OfficerForm
        name="device-ticket"
        hint={say('devices.ticket.hint')}
        submit={say('devices.ticket.submit')}
        whyNot={whyNot}
        officer={officer}
      />
    </Section>
  );
}

function Made({ ticket: { name, ticket, expiresAt }, onGone }: { ticket: DeviceTicket; onGone: () => void }) {
  const say = useSay();
  return (
    <Stack component="output" spacing={1} sx={{ mb: 3 }}>
      <Typography component="h3" variant="h3">
        {say('devices.ticket.shown', { name })}
      </Typography>
      <Copyable value={ticket} what={say('devices.ticket.what')} />
      <Typography>
        {say('devices.ticket.once')}
        <Moment at={expiresAt} />
      </Typography>
      <div>
        <Button variant="outlined" onClick={onGone}>
          {say('devices.ticket.gone')}
        </Button>
      </div>
    </Stack>
  );
}
