import { Alert, Box, Button, Stack, Typography } from '@mui/material';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Waiting } from '../frame/waiting.tsx';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { BesideText } from './beside-text.tsx';
import { KeyHelp } from './key-help.tsx';
import { useCheck } from './use-check.ts';
import { useSchema } from './use-policy.ts';

const NONE: readonly never[] = [];

// A part of its own: only who writes a policy loads the editor.
const CodeEditor = lazy(async () => ({ default: (await import('./code-editor.tsx')).CodeEditor }));

/** A version is written here: checked and tested as it is written, and kept when nothing is wrong with it. */
export function WriteForm({ begin, onKept }: { begin: string; onKept: (sha256: string) => void }) {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const schema = useSchema();
  const [text, setText] = useState(begin);
  const [cursor, setCursor] = useState(0);
  const { checked, checkNow } = useCheck(text);
  const keep = useMutation({
    mutationFn: () => data.storePolicy(text),
    onSuccess: async ({ sha256 }) => {
      await queries.invalidateQueries({ queryKey: ['policies'] });
      onKept(sha256);
    },
    gcTime: 0,
  });
  const { detail } = problemOf(keep.error);
  return (
    <Box component="form" noValidate onSubmit={(event) => event.preventDefault()}>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {say('policies.writeTeach')}
      </Typography>
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' } }}>
        <Box>
          <Suspense fallback={<Waiting />}>
            <CodeEditor
              begin={begin}
              label={say('policies.label')}
              describedBy="policy-hint"
              schema={schema}
              findings={checked?.findings ?? NONE}
              onChange={(changed) => {
                setText(changed);
                keep.reset();
              }}
              onCursor={setCursor}
            />
          </Suspense>
          <Typography id="policy-hint" variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
            {say('policies.hint')}
          </Typography>
        </Box>
        <Box sx={{ display: 'grid', gap: 2, alignContent: 'start' }}>
          <KeyHelp schema={schema} text={text} cursor={cursor} />
          <BesideText checked={checked} />
        </Box>
      </Box>
      {keep.isError && (
        <Alert severity="error" role="alert" sx={{ mt: 2 }}>
          {detail ?? say('problem.generic')}
        </Alert>
      )}
      <Stack direction="row" spacing={1.5} sx={{ mt: 2 }}>
        <Button variant="outlined" onClick={checkNow}>
          {say('policies.check')}
        </Button>
        <Button variant="contained" disabled={keep.isPending} onClick={() => keep.mutate()}>
          {say('policies.keep')}
        </Button>
      </Stack>
    </Box>
  );
}
