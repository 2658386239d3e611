import Cancel from '@mui/icons-material/Cancel';
import CheckCircle from '@mui/icons-material/CheckCircle';
import Info from '@mui/icons-material/Info';
import Help from '@mui/icons-material/Help';
import { Chip } from '../frame/chip.tsx';
import { useSay } from '../say.ts';
import type { Check } from './verdict.ts';

const LOOKS = {
  pass: { tone: 'success', icon: CheckCircle },
  fail: { tone: 'error', icon: Cancel },
  open: { tone: 'neutral', icon: Help },
  note: { tone: 'info', icon: Info },
} as const;

export function JudgementChip({ judgement }: { judgement: Check['judgement'] }) {
  const say = useSay();
  const { tone, icon } = LOOKS[judgement];
  return (
    <Chip tone={tone} icon={icon}>
      {say(`evidence.judgement.${judgement}`)}
    </Chip>
  );
}
