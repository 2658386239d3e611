import { Chip, type Tone } from '../frame/chip.tsx';
import type { DeviceSummary } from '../records.ts';
import { useSay } from '../say.ts';

const TONES: Readonly<Record<DeviceSummary['state'], Tone>> = {
  active: 'success',
  waiting: 'warning',
  revoked: 'neutral',
  'by-hand': 'neutral',
  unsigned: 'error',
};

/** The state of a device in words. */
export function DeviceState({ state }: { state: DeviceSummary['state'] }) {
  const say = useSay();
  return <Chip tone={TONES[state]}>{say(`devices.stateOf.${state}`)}</Chip>;
}
