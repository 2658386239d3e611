import Cancel from '@mui/icons-material/Cancel';
import CheckCircle from '@mui/icons-material/CheckCircle';
import Help from '@mui/icons-material/Help';
import { Chip } from '../frame/chip.tsx';
import { useSay } from '../say.ts';
import type { Judgement } from './verdict.ts';

const LOOKS = {
  pass: { tone: 'success', icon: CheckCircle },
  fail: { tone: 'error', icon: Cancel },
  open: { tone: 'neutral', icon: Help },
} as const;

export function JudgementChip({ judgement }: { judgement: Judgement }) {
  const say = useSay();
  const { tone, icon } = LOOKS[judgement];
  return (
    <Chip tone={tone} icon={icon}>
      {say(`evidence.judgement.${judgement}`)}
    </Chip>
  );
}
