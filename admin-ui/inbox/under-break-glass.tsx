import { Alert } from '@mui/material';
import { useReset } from '../resets/use-reset.ts';
import { useSay } from '../say.ts';

/** Tells an approver that security officers let the reset go on without them, or have begun to. */
export function UnderBreakGlass({ reset }: { reset: string }) {
  const say = useSay();
  const glass = useReset(reset).data?.breakGlass;
  if (glass?.state !== 'opened' && glass?.state !== 'given') return null;
  return (
    <Alert severity="warning" role="none" sx={{ mb: 2 }}>
      {say(glass.state === 'given' ? 'breakGlass.approverGiven' : 'breakGlass.approver')}
    </Alert>
  );
}
