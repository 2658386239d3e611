import { Alert, Box } from '@mui/material';
import type { LogStanding } from '../records.ts';
import { useSay } from '../say.ts';
import { useLog } from './use-log.ts';

/** One quiet line on every page while nothing can be written, because nobody can cosign it. */
export function LogNotice() {
  const say = useSay();
  const log = useLog();
  return (
    <Box component="output" sx={{ display: 'block' }}>
      {log?.waits && (
        <Alert severity="warning" role="none" sx={{ m: 2, mb: 0 }}>
          {whyInWords(log, say)}
        </Alert>
      )}
    </Box>
  );
}

const NUMBERS = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const inWords = (count: number): string => NUMBERS[count] ?? String(count);

export function whyInWords({ waitsFor, quorum }: Pick<LogStanding, 'waitsFor' | 'quorum'>, say: ReturnType<typeof useSay>): string {
  if (waitsFor === 'notary') return say('evidence.log.notaryAway');
  return quorum
    ? say('evidence.log.witnessesAway', { needed: inWords(quorum.needed), of: inWords(quorum.of) })
    : say('evidence.log.someWitnessesAway');
}
