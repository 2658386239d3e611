import type { LeafOutcome } from '#domain/leaf-types.ts';
import Block from '@mui/icons-material/Block';
import Cancel from '@mui/icons-material/Cancel';
import CheckCircle from '@mui/icons-material/CheckCircle';
import Circle from '@mui/icons-material/Circle';
import Help from '@mui/icons-material/Help';
import PlayCircle from '@mui/icons-material/PlayCircle';
import TimerOff from '@mui/icons-material/TimerOff';

const MARKS = {
  success: { icon: CheckCircle, colour: 'success.main' },
  failure: { icon: Cancel, colour: 'error.main' },
  denied: { icon: Block, colour: 'error.main' },
  expired: { icon: TimerOff, colour: 'text.secondary' },
  unknown: { icon: Help, colour: 'warning.main' },
  started: { icon: PlayCircle, colour: 'info.main' },
} as const satisfies Record<LeafOutcome, unknown>;

/** A shape for each outcome. It repeats words that stand beside it, so it is silent. */
export function OutcomeMark({ outcome }: { outcome: LeafOutcome }) {
  const { icon: Icon, colour } = MARKS[outcome];
  return <Icon aria-hidden sx={{ color: colour, fontSize: 28 }} />;
}

/** The mark of a reset that only moved on to its next step. */
export function MovedMark() {
  return <Circle aria-hidden sx={{ color: 'text.secondary', fontSize: 12, m: 1 }} />;
}
