import Block from '@mui/icons-material/Block';
import CheckCircle from '@mui/icons-material/CheckCircle';
import HourglassTop from '@mui/icons-material/HourglassTop';
import Sync from '@mui/icons-material/Sync';
import TimerOff from '@mui/icons-material/TimerOff';
import type { ResetState } from '#domain/reset-state.ts';
import type { SvgIconProps } from '@mui/material';
import type { ComponentType } from 'react';
import { Chip, type Tone } from '../frame/chip.tsx';
import { useSay } from '../say.ts';

const LOOKS: Record<ResetState, { tone: Tone; icon: ComponentType<SvgIconProps> }> = {
  proving: { tone: 'info', icon: Sync },
  'checking-factor': { tone: 'info', icon: Sync },
  'awaiting-approval': { tone: 'warning', icon: HourglassTop },
  'choosing-operation': { tone: 'info', icon: HourglassTop },
  'cooling-off': { tone: 'warning', icon: HourglassTop },
  'replacing-factors': { tone: 'info', icon: Sync },
  'choosing-password': { tone: 'info', icon: HourglassTop },
  writing: { tone: 'info', icon: Sync },
  verifying: { tone: 'info', icon: Sync },
  notifying: { tone: 'info', icon: Sync },
  done: { tone: 'success', icon: CheckCircle },
  refused: { tone: 'error', icon: Block },
  expired: { tone: 'neutral', icon: TimerOff },
  cancelled: { tone: 'neutral', icon: Block },
};

export function StateChip({ state }: { state: ResetState }) {
  const say = useSay();
  const { tone, icon } = LOOKS[state];
  return (
    <Chip tone={tone} icon={icon}>
      {say(`state.${state}`)}
    </Chip>
  );
}
