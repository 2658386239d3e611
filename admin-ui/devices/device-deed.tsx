import { Typography } from '@mui/material';
import { deviceStatement } from '#domain/device-statement.ts';
import { Section } from '../frame/section.tsx';
import { OfficerForm } from '../officers/officer-form.tsx';
import { useOfficer } from '../officers/use-officer.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import type { DeviceShown } from '../records.ts';
import { useSay } from '../say.ts';

/** The approval of a device, or its end, by somebody who confirms it with their key or a code. */
export function DeviceDeed({ device: { id, enrolledByMe }, deed }: { device: DeviceShown; deed: 'approve' | 'revoke' }) {
  const say = useSay();
  const data = useConsoleData();
  const officer = useOfficer({
    begin: (reason) => data.beginDeviceDeed(deed, id, reason),
    statement: (ceremony, reason) => deviceStatement(ceremony, { deed, about: id, reason }),
    send: (confirmed, key) => data.deviceDeed(deed, id, confirmed, key),
  });
  return (
    <Section title={say(`devices.${deed}.title`)}>
      <Typography sx={{ mb: 2 }}>{say(`devices.${deed}.lead`)}</Typography>
      <OfficerForm
        name={`device-${deed}`}
        hint={say(`devices.${deed}.hint`)}
        submit={say(`devices.${deed}.submit`)}
        color={deed === 'revoke' ? 'error' : 'primary'}
        whyNot={deed === 'approve' && enrolledByMe ? say('devices.approve.own') : undefined}
        officer={officer}
      />
    </Section>
  );
}
