import { Alert, Stack } from '@mui/material';
import { PLATFORMS, type Platform } from '#domain/device.ts';
import { Copyable } from '../frame/copyable.tsx';
import { Fact, Facts } from '../frame/facts.tsx';
import type { DeviceShown } from '../records.ts';
import { useSay } from '../say.ts';
import type { deviceWords } from '../words-devices.ts';
import { Moment } from '../time/moment.tsx';

/** Terms, and the sentences that stand alone. */
type FactName = Exclude<keyof typeof deviceWords.fact, 'sssdOf'>;

/** What is known of a device, and what about its settings weakens what its agent does. */
export function DeviceFacts({ device }: { device: DeviceShown }) {
  const say = useSay();
  const { sssd } = device;
  const fact = (name: FactName) => say(`devices.fact.${name}`);
  return (
    <Stack spacing={2}>
      <Facts>
        <Fact term={fact('platform')}>{isPlatform(device.platform) ? say(`devices.platform.${device.platform}`) : device.platform}</Fact>
        {device.account !== null && <Fact term={fact('account')}>{device.account}</Fact>}
        <Fact term={fact('addedAt')}>
          <Moment at={device.addedAt} />
        </Fact>
        {device.key !== null && (
          <Fact term={fact('key')}>
            <Copyable value={device.key} what={fact('key')} />
          </Fact>
        )}
        {device.enrolledBy !== null && <Fact term={fact('enrolledBy')}>{device.enrolledBy}</Fact>}
        {device.computer !== null && (
          <Fact term={fact('computer')}>
            <Copyable value={device.computer} what={fact('computer')} />
          </Fact>
        )}
        {device.approvedAt !== null && (
          <Fact term={fact('approved')}>
            {device.approvedBy}, <Moment at={device.approvedAt} />
          </Fact>
        )}
        {device.revokedAt !== null && (
          <Fact term={fact('revoked')}>
            {device.revokedBy || fact('enrolledAnew')}, <Moment at={device.revokedAt} />
          </Fact>
        )}
        {device.agent !== null && <Fact term={fact('agent')}>{device.agent}</Fact>}
        {device.lastSeen !== null && (
          <Fact term={fact('seen')}>
            <Moment at={device.lastSeen} />
          </Fact>
        )}
        {device.reportedAt !== null && (
          <Fact term={fact('reported')}>
            <Moment at={device.reportedAt} />
          </Fact>
        )}
        {sssd && <Fact term={fact('sssd')}>{say(`devices.fact.sssdOf.${sssd.layout}`, { version: sssd.version ?? '?' })}</Fact>}
      </Facts>
      {sssd && (sssd.cachedAuthTimeout ?? 0) > 0 && (
        <Alert severity="warning">{say('devices.fact.cachedAuth', { seconds: sssd.cachedAuthTimeout ?? 0 })}</Alert>
      )}
      {sssd?.storesPasswordIfOffline && <Alert severity="warning">{fact('stores')}</Alert>}
    </Stack>
  );
}

function isPlatform(text: string): text is Platform {
  return (PLATFORMS as readonly string[]).includes(text);
}
