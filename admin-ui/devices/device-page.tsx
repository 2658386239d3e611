import { Alert, Typography } from '@mui/material';
import { usePermissions } from 'react-admin';
import { useParams } from 'react-router-dom';
import { Unreadable } from '../frame/dead-ends.tsx';
import { Gate } from '../frame/gate.tsx';
import { Page } from '../frame/page.tsx';
import { Section } from '../frame/section.tsx';
import { Waiting } from '../frame/waiting.tsx';
import type { DeviceShown, Role } from '../records.ts';
import { useSay } from '../say.ts';
import { CachedTable } from './cached-table.tsx';
import { DeviceDeed } from './device-deed.tsx';
import { DeviceFacts } from './device-facts.tsx';
import { DeviceState } from './device-state.tsx';
import { NoticeTable } from './notice-table.tsx';
import { LOOKS_AFTER_DEVICES } from './ticket-form.tsx';
import { useDevice } from './use-devices.ts';

/** One device: what it is, whose passwords it remembers, what became of its notices; its approval, and its end. */
export function DevicePage() {
  return (
    <Gate page="devices">
      <One />
    </Gate>
  );
}

function One() {
  const say = useSay();
  const { id = '' } = useParams();
  const { data: device, error, refetch } = useDevice(id);
  if (error && !device) return <Unreadable error={error} page="devices" onRetry={() => void refetch()} />;
  if (!device)
    return (
      <Page title={say('page.device')}>
        <Waiting />
      </Page>
    );
  return <Whole device={device} />;
}

function Whole({ device }: { device: DeviceShown }) {
  const say = useSay();
  const { permissions } = usePermissions<Role[]>();
  const may = (permissions ?? []).some((role) => LOOKS_AFTER_DEVICES.includes(role));
  const { state } = device;
  const hasAgent = state !== 'by-hand';
  return (
    <Page title={device.name} lead={<DeviceState state={state} />}>
      {state === 'unsigned' && <Alert severity="error">{say('devices.unsignedHint')}</Alert>}
      {state === 'waiting' && may && <DeviceDeed device={device} deed="approve" />}
      <Section title={say('devices.facts')}>
        <DeviceFacts device={device} />
      </Section>
      {hasAgent && (
        <Section title={say('devices.accounts')}>
          {device.accounts.length > 0 ? (
            <CachedTable accounts={device.accounts} />
          ) : (
            <Typography color="textSecondary">
              {say(device.reportedAt === null ? 'devices.accountsNever' : 'devices.accountsNone')}
            </Typography>
          )}
        </Section>
      )}
      <Section title={say('devices.notices')}>
        {device.notices.length > 0 ? (
          <NoticeTable notices={device.notices} />
        ) : (
          <Typography color="textSecondary">{say('devices.noticesNone')}</Typography>
        )}
      </Section>
      {hasAgent && state !== 'revoked' && may && <DeviceDeed device={device} deed="revoke" />}
    </Page>
  );
}
