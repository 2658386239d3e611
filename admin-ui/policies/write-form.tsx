import { Alert, Box, Button, Stack, TextField, Typography } from '@mui/material';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { problemOf } from '../provider/request.ts';
import { useConsoleData } from '../provider/use-console-data.ts';
import { useSay } from '../say.ts';
import { monospace } from '../theme.ts';

/** A version is written here: checked as often as one likes, and kept when nothing is wrong with it. */
export function WriteForm({ begin, onKept }: { begin: string; onKept: (sha256: string) => void }) {
  const say = useSay();
  const data = useConsoleData();
  const queries = useQueryClient();
  const [text, setText] = useState(begin);
  const check = useMutation({ mutationFn: () => data.checkPolicy(text), gcTime: 0 });
  const keep = useMutation({
    mutationFn: () => data.storePolicy(text),
    onSuccess: async ({ sha256 }) => {
      await queries.invalidateQueries({ queryKey: ['policies'] });
      onKept(sha256);
    },
    gcTime: 0,
  });
  const problem = keep.error ?? check.error;
  const { detail } = problemOf(problem);
  const findings = check.data?.findings;
  return (
    <Box component="form" noValidate onSubmit={(event) => event.preventDefault()}>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        {say('policies.writeTeach')}
      </Typography>
      <Box component="output">
        {problem && (
          <Alert severity="error" role="alert" sx={{ mb: 2 }}>
            {detail ?? say('problem.generic')}
          </Alert>
        )}
        {findings && findings.length === 0 && <Alert severity="success">{say('policies.sound')}</Alert>}
        {findings && findings.length > 0 && (
          <Alert severity="warning">
            {say('policies.findings')}
            <ul>
              {findings.map((finding) => (
                <li key={finding}>{finding}</li>
              ))}
            </ul>
          </Alert>
        )}
      </Box>
      <TextField
        label={say('policies.label')}
        helperText={say('policies.hint')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          check.reset();
          keep.reset();
        }}
        multiline
        minRows={12}
        maxRows={32}
        fullWidth
        margin="normal"
        slotProps={{ htmlInput: { spellCheck: false, style: { fontFamily: monospace, fontSize: '0.8125rem', lineHeight: 1.5 } } }}
      />
      <Stack direction="row" spacing={1.5} sx={{ mt: 1 }}>
        <Button variant="outlined" disabled={check.isPending} onClick={() => check.mutate()}>
          {say('policies.check')}
        </Button>
        <Button variant="contained" disabled={keep.isPending} onClick={() => keep.mutate()}>
          {say('policies.keep')}
        </Button>
      </Stack>
    </Box>
  );
}
